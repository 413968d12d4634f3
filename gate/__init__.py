"""What a change did to a specification: less claimed, less examined, or neither; `pfnspec gate` and
`pfnspec diff`.

    change        models before and after -> review.Review
    comparison    Tree, Tree -> Differences, nothing read or run
    beside        requirements of costs and recordings beside a model, before and after
    git           the checkout, asked through `git`

`settings` is the configuration before and after, `selection` which files its paths stand for, `passed` which
models are no longer checked. How a review is shown is not known here.
"""
