"""Results kept: as `data` (and back, by `reader`), in a `store` of files by what they depend on; `kept` says
what of a check is kept; `merge` joins the shards of one check. Nothing incomplete is kept or joined.
"""
