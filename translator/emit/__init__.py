"""Program to TLA+: `emit.emit` is the stage; to Promela, for Spin: `promela.promela`.

`emit` the module and cfg with the names for the way back; `beginning` its variables and what they start
with; `action` one step as one action; `formula` expressions, with TLA+'s precedence; `stuck_text` who can
never step again; `fairness_text` what is fair; `assumed` which states are not gone on from. The page itself
is a template of the room `tla`. `joined` makes several modules the parts of one.

`promela` the model for Spin, whose steps are C; `codes` values as integers and the state as a struct,
`c_formula` expressions, `verifier_text` what is the same in all. The two printers share nothing.
"""
