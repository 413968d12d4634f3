"""Results kept: as `data` (JSON and back), in a `store` of files by what they depend on; `kept` says what
of a check is kept; `merge` joins the shards of one check. Nothing incomplete is kept or joined.
"""
