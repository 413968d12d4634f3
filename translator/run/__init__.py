"""The interpreter: the second engine. It shares no code with the printer or TLC.

`interpreter.Interpreter` runs a program: initial state, enabled steps, successors, violations, search.
`evaluate` makes Python functions of expressions and blocks; `stuck` tells which tasks can never step again;
`decide` decides temporal properties apart from TLC: `graph` all states in arrays, `promises` what is fair,
`formulas` automata, `fair_cycles` the search in their product, `components` for it. `alike` is what may
change places meanwhile, `interchange` the states that stand for others.
"""
