"""The rule set as DMN decision tables."""
