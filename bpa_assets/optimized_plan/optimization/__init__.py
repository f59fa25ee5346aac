"""Plans looked for: CP-SAT on a surrogate of the waits that simulation corrects, then neighbours by simulation."""
