"""A language server: what an editor shows while a model is written.

`server` has the documents and the protocol, `frames` the messages on the pipe; `text` what is known of one
document; `features` one module for each thing that an editor asks for; `checks` verdicts, traces and
simulations. Each feature has a function `register(server)`; `start` lists these, and begins.
"""
