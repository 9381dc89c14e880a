"""FHIR R4, read into facts and written from the vocabulary."""

from anagen.exchange.fhir.reader import Reading, read, read_bytes

__all__ = ["Reading", "read", "read_bytes"]
