"""Stage `rule_set`: what decides a case's path, found in the log, proven on later cases, ready to run."""
