"""`python -m anagen.cli`, which ./anagen runs."""

from __future__ import annotations

import sys

from anagen.cli import main

if __name__ == "__main__":
    sys.exit(main())
