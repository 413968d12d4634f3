"""The command line: arguments in, report out, an exit status.

`main` reads the arguments (`arguments` has those that several commands share), hands over to a module of
`commands` that is imported only then, and turns every failure into a line or two. `configured` is the
project's configuration where the command line says nothing; `output` where results go; `write` how lines
are printed; `signals` Ctrl-C; `watch` and `interactive` the loops of `--watch` and `simulate -i`.
`checking`, `cell` and `review` are what several commands share: a check, a single program and what recorded
events mean in it, a comparison; `costs` is what `cost` needs beside its command.
"""
