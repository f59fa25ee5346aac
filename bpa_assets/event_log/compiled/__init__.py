"""Code compiled by Numba, for large files; imported only there."""
