"""`python -m isthmus.cli`: the same as the installed script."""

import sys

from isthmus.cli import main

sys.exit(main())
