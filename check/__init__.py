"""One file checked: its scenarios and policies are cells, each cell has runs, each property a verdict.

    load.load          path -> Loaded          texts, trees, a model and programs for each cell
    run.check_file     path, Options -> Result
    matrix             Loaded -> Result        the cells, side by side
    cell               Cell -> verdicts        safety and liveness runs, replayed, with a second opinion
    runs, search       one run of TLC; one search by the interpreter
    compiled           one search by Spin
    result             what came of it, as values

`options` are what is asked for, and which of that decides; `expectations` what a model expects of its
properties; `stop` how a check ends early. `asked` is expressions from outside of a model, `space` what is in
a state space, `graph` as much of it as a page can show. `project` is configuration and paths, `saved` results
as data, the cache, and how shards are merged. How anything is shown is not known here. Open first:
`result.py`, then `cell.py`.
"""
