"""The interpreter: the second engine. It shares no code with the printer or TLC.

`interpreter.Interpreter` runs a program: initial state, enabled steps, successors, violations, search.
`evaluate` makes Python functions of expressions and blocks.
"""
