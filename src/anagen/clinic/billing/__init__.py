"""What a session costs: the dated price list, and what was charged."""
