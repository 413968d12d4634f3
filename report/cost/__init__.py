"""What `pfnspec cost` found: `text` for a terminal or a mail, a `sweep` over the values of one setting,
`data` for programs, one episode as a `trace`.

`require` says whether a figure is as it has to be, `sources` where costs come from. Each of them carries
the name of the table that its figures rest on.
"""
