"""``send-tracker`` as a council installs it: without what only tests and development bring.

structlog loads rich and pygments where it finds them: 6 MB and a tenth of a second that no council has.
"""

import sys

ONLY_TESTS = ("rich", "pygments", "attr")
sys.modules.update(dict.fromkeys(ONLY_TESTS))  # None: importing them fails as if they were not there

if __name__ == "__main__":
    from app.cli import main

    sys.exit(main())
