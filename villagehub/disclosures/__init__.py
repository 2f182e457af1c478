"""Disclosures (公开事项): draft → submitted → reviewed → published → corrected. The heart of the product.

Decisions: the stage lives on the version and changes only in ``actions``, each time with its journal event; rows are
immutable and shared between versions, and hang on a thing that lives across periods; the public face of a row is written
once, at publication, with salts; what is published is never changed or deleted, but for the erasure door (decision 10).
"""
