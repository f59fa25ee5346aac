"""A calibrated process played out: cases arrive, wait for people, and are worked on."""
