"""Verdicts in an editor: when somebody asks for them, and what can be said quickly when a document is saved.

`commands` is what clients ask for, and puts all of it on a server; `checking` runs checks in the background;
`lenses` and `findings` show verdicts, as lenses and as diagnostics; `behaviours` are traces and simulations;
`costs` what waiting costs; `merged` which lines are one step; `progress` a bar for what takes long.
"""
