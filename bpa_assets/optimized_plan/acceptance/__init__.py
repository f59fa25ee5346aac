"""Whether a plan may be recommended: simulated beside the process as it is, beside simple controls, and taken apart."""
