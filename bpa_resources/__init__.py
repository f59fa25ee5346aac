"""Everything outside: the environment, files, the lake, databases. It knows nothing of the stages above it."""
