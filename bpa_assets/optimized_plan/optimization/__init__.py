"""Plans looked for: CP-SAT on a surrogate of the waits, corrected by simulation, then neighbours tried by simulation."""
