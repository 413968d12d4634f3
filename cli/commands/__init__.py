"""One module a command, with `run(options) -> int`: the exit status.

`check`, `simulate`, `translate`, `validate` with `probes`, `fmt`, `init`, `explain`, `completion`, `lsp`,
`doctor`; `gate` has `diff` too, `cost` has `costs`, `ablate` has `barriers`, and `saved` the two that read
results, `trace` and `merge`. `starter` holds the files that `init` writes.
"""
