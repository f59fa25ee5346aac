"""How far a log can be believed: patterns of imperfection, looked for in the stored log.

Add a pattern when a kind of fault would make a model or a figure wrong: its definition in `catalog.py`, the module
that is about its noun (times, labels, cases, …) finds it, `docs/contracts.md` says what it means. Reading files stays
out, and so does repairing: what is absent is filled in elsewhere, this package only says that it was.
"""
