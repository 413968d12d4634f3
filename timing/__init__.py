"""Time, laid over the program that was checked: what steps cost, who has a CPU, how long what is measured
takes.

    table.read.costs         TOML texts -> Costs           every name and value checked
    run.episode.Timing       Cell, Costs -> Outcome        one behaviour, from its start until it is measured
    figures.costing.costing  cells, Costs -> Costing       every cell, differences, what they depend on

Time only chooses among the behaviours of the program: every step is one of the interpreter's. Nothing here
reads a file of the user's, or knows how a figure is shown. The rules of time stand in docs/cost.md.
"""
