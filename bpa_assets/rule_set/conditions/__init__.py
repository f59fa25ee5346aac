"""The language of conditions: parsed, type-checked, evaluated, compared. See docs/rules.md."""
