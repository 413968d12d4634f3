"""One file checked: its scenarios and policies are cells, each cell has runs, each property a verdict.

    load.load          path -> Loaded          texts, trees, a model and programs for each cell
    run.check_file     path, Options -> Result
    matrix             Loaded -> Result        the cells, side by side
    cell               Cell -> verdicts        what was found before, what is found now
    runs                                   runs of TLC for one cell
    result             what came of it, as values

`options` are what is asked for, and which of that decides; `expectations` what a model expects of its
properties; `stop` how a check ends early. `engines` decide: TLC, the interpreter and Spin; `states` is what
is in a state space, `project` configuration and paths, `saved` results as data, the cache, and how shards
are merged. How anything is shown is not known here.
Open first: `result.py`, then `cell.py`.
"""
