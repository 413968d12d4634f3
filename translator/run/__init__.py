"""The interpreter: the second engine. It shares no code with the printer or TLC.

`interpreter.Interpreter` runs a program: initial state, enabled steps, successors, violations, search.
`evaluate` makes Python functions of expressions and blocks; `stuck` tells which tasks can never step again;
`fair_cycles` decides temporal properties apart from TLC.
"""
