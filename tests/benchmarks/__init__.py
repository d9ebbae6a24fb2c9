"""How fast it trains, how good it is, and what limits it, beside the plain ways: `make bench`; see README.md."""

import os

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # torch's profiler talks to stderr otherwise; read when torch loads
