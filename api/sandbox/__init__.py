"""The stand-in for Stripe of demo mode and of the tests: a process of its own, reached over HTTP by the real SDK.

It is no part of production and knows nothing of BeatPass. No money moves in it. What it serves behaves as Stripe does;
what it does not serve it refuses, in words that say so.
"""
