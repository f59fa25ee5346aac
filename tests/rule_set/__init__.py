"""The stage `rule_set`."""
