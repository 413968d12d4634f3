"""Programs with fewer states and the same verdicts; docs/semantics.md has the argument for each pass.

Two passes make a program of a program, and `pipeline`, beside this room, puts them in order: `reduce` merges
steps that no other task can tell apart and forgets values that nothing reads any more, `schedule` makes CPUs
state. `symmetry` tells which tasks and values are interchangeable, for the TLA+ of safety runs.

What they rest on: `movers` locksets and Lipton's movers; `dead` live variables; `looks` what a part of a
program looks at; `cpus` where tasks take CPUs; `interrupts` which tasks a handler holds up, and where
merged steps let it in; `chances` what fairness needs to be left. `unlocked` lists locations that no lock
protects, for the notes of a result.
"""
