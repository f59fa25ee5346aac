"""Stage `process_model`: the log becomes behaviour (cases, activities, transitions, variants), and a model of it."""
