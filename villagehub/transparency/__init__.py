"""Transparency: leaf bytes, the RFC 6962 tree hash, salts and commitments. Knows bytes, not villages.

The log itself (tiles, checkpoints, witnesses) is not built yet; every publication's leaf bytes, row faces and salts are made
and kept from the first day, so that the log can append them without changing one of them.
"""
