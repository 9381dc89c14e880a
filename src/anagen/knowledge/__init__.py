"""What medicine knows: YAML by topic, its schema, its sources, the claims ledger, and the one loader."""
