"""How often a sensor looks that is to look as often as it can."""

EVERY_TURN = 3
"""Seconds. Dagster's daemon asks its sensors every 5 s; one that wants 5 misses every other turn by milliseconds."""
