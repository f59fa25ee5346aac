"""The last thing that the process imports from which runs are forked: what it does once all else is imported.

A stop is for the runs, which are told with it and end by themselves; it lives as long as one of them, so that Dagster
learns how each ended. What was imported stays for good: looking for garbage there would copy its memory for each run.
"""

import gc
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a run sets a handler of its own
gc.collect()
gc.freeze()
gc.set_threshold(50_000)  # as in `bpa run`
