"""A plan for the process, and the calibrated simulation that has to bear it out."""
