"""`python -m sandbox`: run the sandbox from a terminal."""

import sys

from sandbox.command_line import main

sys.exit(main())
