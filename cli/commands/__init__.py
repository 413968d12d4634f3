"""One module a command, with `run(options) -> int`: the exit status."""
