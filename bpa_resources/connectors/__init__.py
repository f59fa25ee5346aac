"""Other systems: one declarative manifest each, one engine, one driver a protocol."""
