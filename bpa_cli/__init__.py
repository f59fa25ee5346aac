"""The commands a person types. They call what is below and print; they decide nothing about a process."""
