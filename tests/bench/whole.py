"""What `make bench` leaves out, to be done in some five minutes; `FULL=1 make bench` measures the largest sizes too."""

import os

FULL = os.environ.get("FULL") == "1"
