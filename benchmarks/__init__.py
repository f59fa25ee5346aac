"""The peers and us, side by side in one run: `scripts/bench`.

A module a task; a task generates its input, runs the peer and us on it, each piece in a fresh process, and compares
what they found. Add a task here when a requirement is a number; what can be right or wrong belongs to tests/.
"""
