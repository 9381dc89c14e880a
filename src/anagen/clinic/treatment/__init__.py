"""What was done: the checks before the first needle, the session, the signed record."""
