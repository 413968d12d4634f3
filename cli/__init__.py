"""The command line: arguments in, report out, an exit status.

`main` reads the arguments (`review_arguments` has those of `gate` and `diff`, `recording_arguments` those
of `validate` and `probes`), hands over to a module of `commands` that is imported only then, and turns
every failure into a line or two. `configured` is the project's configuration where the command line says
nothing; `output` where results go; `write` how lines are printed; `signals` Ctrl-C; `watch` and
`interactive` the loops of `--watch` and `simulate -i`. `checking`, `cell`, `binding` and `review` are what
several commands share: a check, a single program, what recorded events mean, a comparison.
"""
