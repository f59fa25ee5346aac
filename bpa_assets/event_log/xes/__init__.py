"""XES logs: any document in, its events as typed columns out."""
