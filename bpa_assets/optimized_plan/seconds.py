"""How long a minute, an hour, a day and a week are, in seconds: the unit of all times of a simulation."""

MINUTE, HOUR, DAY, WEEK = 60.0, 3600.0, 86_400.0, 604_800.0
