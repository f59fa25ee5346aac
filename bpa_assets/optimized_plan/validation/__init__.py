"""How well the simulation tells what the log tells."""
