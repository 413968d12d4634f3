"""The kinds of report: a module of its own, because reading a command line must not cost more."""

KINDS = ("junit", "sarif", "markdown", "html", "json")
"""What `--report` takes."""
