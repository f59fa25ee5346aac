"""The model of a log: several are mined, each is measured, and the best sound one is chosen."""
