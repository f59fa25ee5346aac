"""Stage `event_log`: files become one clean, typed, checked log. First of all stages; it knows no other."""
