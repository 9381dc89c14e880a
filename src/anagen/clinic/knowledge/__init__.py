"""What the clinic's answers rest on, to be read: rules, facts, sources, and where the sources disagree."""
