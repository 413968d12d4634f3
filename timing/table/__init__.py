"""Tables of costs: `read` lays TOML texts over each other and checks them; `costs` is what comes of it.

`units` are times in whole nanoseconds, `distribution` those that are not always the same.  `default.toml` is
the table under all others, with the source of each figure; `host` what measures the costs of a machine.
`requirement` is what a table asks of figures.
"""
