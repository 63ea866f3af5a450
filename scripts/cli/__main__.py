"""`python -m scripts.cli`, which `scripts/saluran` runs."""

import sys

from scripts.cli.app import main

sys.exit(main(sys.argv[1:]))
