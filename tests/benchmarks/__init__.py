"""How fast it is, how good, and what limits it: every row of the table measured side by side in one run.

`python -m benchmarks` (or `make bench`) measures; see README.md in this folder.
"""

import os

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # torch's profiler talks to stderr otherwise; read when torch loads
