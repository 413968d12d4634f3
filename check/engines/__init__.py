"""What decides: each module asks an engine, or two, and replays what they find.

    search      Program -> Searched     the interpreter, breadth first
    safety      Program -> violations   the interpreter first, then runs of TLC
    liveness    Property -> Outcome     both engines at once, and who decides
    together    small cells by one run of TLC
    compiled    one search by Spin

Which cells and properties there are is not known here. Open first: `safety.py`.
"""
