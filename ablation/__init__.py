"""One thing at a time taken away from a model: what falls without it; `pfnspec ablate`.

    changes    Tree -> Changes               all that can be taken away, each with its place
    ablate     path, Options -> Ablation     each tried, by a check of the changed model

`change` is one of them as a value, of one of the `kinds`; `conditions` are the changes of conditions,
`sections` finds where calls take and leave locks; `same` tells a changed program from one that only stands
elsewhere; `result` is what came of it. How that is shown is not known here. The rules stand in
docs/ablate.md.
"""
