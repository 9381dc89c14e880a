"""Whom a lot, a nurse or a room has reached, and who has been told."""
