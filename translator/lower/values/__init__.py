"""Lowering what has a value: `expressions` in which order its loads are made; `direct` what is evaluated in
one state; `instant` the same of a condition that takes steps; `read_notes` what is told of what was read;
`parts` values of words, which have fields; `substituted` a value for the variable of a comprehension."""
