"""The report of a process: one HTML file with what the run found, for people."""
