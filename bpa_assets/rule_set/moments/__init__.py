"""Where a case can go several ways, what is known then, and what came of it."""
