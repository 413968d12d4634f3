"""The command line: arguments in, report out, an exit status.

`main` reads the arguments, hands over to a module of `commands` that is imported only then, and turns
every failure into one line. `configured` is the project's configuration where the command line says
nothing; `output` where results go; the others are what several commands share.
"""
