"""Whole providers' schemas, made by `tools/generate_schemas.py`; see NOTICE."""
