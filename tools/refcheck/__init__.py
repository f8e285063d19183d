"""A second implementation of mailtrail's method, written from docs/METHOD.md and not from the Rust.

Plain, slow and clear on purpose: Python's standard library only, every rule as its sentence stands. It owns no output format
and no report; `tools/refcheck.py` compares what it finds with the tables of a run.
"""
