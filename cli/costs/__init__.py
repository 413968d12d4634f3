"""What `pfnspec cost` and `pfnspec costs` need beside their commands.

`arguments` are their options; `bounded` tells bounds without costs.
"""
