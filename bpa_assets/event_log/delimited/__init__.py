"""Delimited text (CSV): any plain file in, its records as columns of text out."""
