"""Stage `actions`: what accepted rules and plans ask for, who may say yes, and what came of it. Downstream of plans."""
