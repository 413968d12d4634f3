"""Recordings of a running kernel against a model: whether the model can do what the kernel did.

    validate.validate   model, recordings, Options -> Validated
    formats.items       path -> events, gaps      ftrace, trace-cmd, perf, bpftrace, NDJSON
    binding             event -> what it says     by the rules of a `recording` in the model
    window              the orders in which events of several CPUs may have happened
    search              nodes, what an event says -> nodes: a set of states, kept small
    failure             why an event is not explained, and what the model could do instead
    second              TLC's opinion of short recordings
    probes              a `recording` -> scripts that ask a kernel for its events

`events` are what a recording consists of, `faults` what makes one unreadable, `numbers` how long things
took, `times` how a length is written, `result` what came of it, as values. The program that is searched is
made by `translator.recorded`. How anything is shown is not known here. Open first: `search.py`.
"""
