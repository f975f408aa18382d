"""Demo mode: accounts whose tokens are words. Nothing of production imports this package; a contract forbids it."""
