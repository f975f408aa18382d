"""`python -m workers.launcher`."""

import sys

from workers.launcher.run import main

if __name__ == "__main__":
    sys.exit(main())
