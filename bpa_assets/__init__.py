"""The pipeline: one folder a stage, in the order the data flows; `definitions.py` puts it together."""
