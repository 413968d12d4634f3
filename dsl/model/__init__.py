"""The model: what a specification means, with sorts known, constants folded and calls resolved.

`sorts` are the kinds of values; `model_expressions` what has a value, `model_actions` what
is done and has a result; `model_kernel` the statements of the kernel; `model` all others, processes,
formulas and the `Model` of one scenario; `model_recordings` how recorded events are read; `walk` goes
through a tree or model and rewrites it; `fold` is the value of what needs no state. Frozen data: the
checker makes it, lowering reads it.
"""
