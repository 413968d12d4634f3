"""Programs with fewer states and the same verdicts; docs/semantics.md has the argument for each pass.

`movers` locksets and Lipton's movers; `reduce` merges steps that no other task can tell apart; `dead`
live-variable analysis: values that nothing reads any more are forgotten; `symmetry` interchangeable
tasks and values; `schedule` CPUs as state. Each takes a `Program` and returns one; `pipeline` says in
which order.
"""
