"""What is decided. Pure Python: no Django, no database, no files, no clock, no network."""
