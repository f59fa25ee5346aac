"""The figures of pushing, each by one command: `python -m benchmarks.pushing`."""
