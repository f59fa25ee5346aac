"""From the stored event log to the simulation model: its numbers, how sure each is, what the log cannot tell."""
