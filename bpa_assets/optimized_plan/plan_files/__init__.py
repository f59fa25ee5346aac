"""What is written down of a simulation and of plans: files for programs, files for people, tables."""
