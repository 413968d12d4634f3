"""One module a command, with `run(options) -> int`: the exit status.

`check`, `simulate`, `translate`, `validate`, `probes`, `gate`, `diff`, `fmt`, `init`, `explain`,
`completion`, `lsp`, `doctor`;
`saved` has the two that read results, `trace` and `merge`. `starter` holds the files that `init` writes.
"""
