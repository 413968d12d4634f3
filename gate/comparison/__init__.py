"""Two specifications compared: `compare.compare` is the stage. Nothing is read or run for it.

Comes out: `difference.Difference`s, each with what it does to what is claimed and examined. `claims`,
`assumptions`, `bodies` with `regions`, and `constants` are the parts of a comparison, over `terms`
(expressions without places), `tokens` (bodies laid out flat) and `occurrences` (where assertions stand),
`sides` what claims rest on, `parts` what of a declaration is compared; `implication` says which of two
formulas says more, `certain` what is so in every state. What cannot be read off the form of two formulas
counts as `DIFFERENT`, as far as a reader can see it in the formulas; where only a border moved, as `WEAKER`.
"""
