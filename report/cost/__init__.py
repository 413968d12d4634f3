"""What `pfnspec cost` found: `text` for a terminal or a mail, a `sweep` over the values of one setting and
its `picture`, a `page` (HTML) with how times are `spread`, `data` for programs, one episode as a `trace`;
`bounds` without costs.

`sources` tells where costs come from. Each of them carries the name of the table that its figures rest on.
"""
