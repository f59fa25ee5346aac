"""A calibrated process as it would be under other decisions, and what it then costs."""
