"""Program to TLA+: `emit.emit` is the stage.

`emit` the module and cfg with the names for the way back; `action` one step as one action; `formula`
expressions, with TLA+'s precedence; `stuck_text` who can never step again; `fairness_text` what is fair. The
page itself is a template of the room `tla`.
"""
