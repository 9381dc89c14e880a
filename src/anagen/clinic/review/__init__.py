"""What this clinic has decided about the knowledge: signed, adjusted, added, switched to advice."""
