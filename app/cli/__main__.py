"""``python -m app.cli`` is ``send-tracker``."""

import sys

from app.cli import main

sys.exit(main())
