"""An outside client of a running BeatPass in demo mode: the data it begins with, and the walk of `./bp demo`."""
