"""The arguments of commands that have many: `review` those of `gate` and `diff`, `recording` those of
`validate` and `probes`, `shown` how results are shown. Each adds to a parser of `main`.
"""
