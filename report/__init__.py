"""Results made visible. How a result came about is not known here.

`text` has the words and the plain text, which every other form borrows from; `formats` the file formats,
one module each; `review` what a gate found; `recording` what became of recordings; `cost` what waiting
costs; `ablation` what falls without what; `files` writes reports whole or not at all; `kinds` lists them,
`recognise` tells a report from anybody else's file; `visible` makes what comes from elsewhere fit to be
shown.
"""
