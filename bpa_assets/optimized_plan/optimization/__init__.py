"""Stand-in until OPT is merged."""
