"""What stands beside a model and is judged with it: its costs with what is required of them, its recordings.

    tables      NAME.costs.toml, other tables, settings -> texts to be laid over each other
    timed       model, Costs -> the model as it is timed: policies with the parameters that a table gives them
    required    NAME.costs.toml beside NAME.pfn -> whether the figures are as it requires
    declared    NAME.recordings.toml -> which recordings the model has to explain, or to refuse
    compared    these recordings, against the model

Nothing is shown here, and nothing is raised for bad input.
"""
