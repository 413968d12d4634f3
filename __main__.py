"""`python -m pfnspec`."""

import sys

from pfnspec.cli.main import main

sys.exit(main())
