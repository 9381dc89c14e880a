"""Anagen: the treatment system for hair mesotherapy."""
