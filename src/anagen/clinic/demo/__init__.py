"""A fictitious clinic: about thirty people in every state of the path, dated relative to today."""
