"""The command line: arguments in, report out, an exit status.

`main` reads the arguments (`review_arguments` has those of `gate` and `diff`, `cost_arguments` those of
`cost` and `costs`), hands over to a module of `commands` that is imported only then, and turns every
failure into a line or two. `configured` is the project's configuration where the command line says
nothing; `output` where results go; `write` how lines are printed; `signals` Ctrl-C; `watch` and
`interactive` the loops of `--watch` and `simulate -i`. `checking`, `cell` and `review` are what several
commands share: a check, a single program, a comparison; `bounded` tells bounds without costs;
`timed_model` is a model with the policies that a table of costs asks for.
"""
