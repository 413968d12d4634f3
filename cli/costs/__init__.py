"""What `pfnspec cost` and `pfnspec costs` need beside their commands.

`arguments` are their options; `timed_model` is a model with the policies that a table asks for; `bounded`
tells bounds without costs.
"""
