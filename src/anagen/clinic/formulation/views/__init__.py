"""The pages about mixtures."""
