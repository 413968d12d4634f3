"""Arguments that several commands share, or that are too many for the module that reads them.

`shown` says how results are shown, `review` what `gate` and `diff` compare, `recording` what `validate` and
`probes` read, `ablation` what `ablate` and `barriers` do.
"""
