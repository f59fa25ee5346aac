"""What is absent and can be told from the rest of the log: learned, measured by hiding what is known, filled in."""
