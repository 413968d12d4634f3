"""What a change did to a specification: less claimed, less examined, or neither; `pfnspec gate` and
`pfnspec diff`.

    change.compare_files / judge   models before and after -> review.Review
    compare.compare                Tree, Tree -> Differences, nothing read or run
    git                            the checkout, asked through `git`

`claims`, `bodies`, `constants` are the parts of a comparison, over `terms` (expressions without places)
and `occurrences` (where assertions stand); `implication` says which of two formulas says more.
"""
