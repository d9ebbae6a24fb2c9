"""Programs end at once, and on Ctrl-C without a traceback; imported before all else."""

import atexit
import gc
import signal
import sys

# While `python -m namelib`, `report` or `notebooks` imports what it needs there is nothing to tidy
# up, and what a KeyboardInterrupt hits there differs each time. Where SIGINT is ignored it stays
# so.
if sys.argv[0] == "-m" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

# Python ends with a search for cycles, which takes a second among the objects of PyTorch and pandas
atexit.register(gc.freeze)
