"""Run the ``facelab`` command as ``python -m facelab``."""

import sys

from facelab.cli import main

sys.exit(main())
