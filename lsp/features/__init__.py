"""What an editor asks for, one module each, with `register(server)`.

`publish` diagnostics, `fixes` for them, `completion`, `hover`, `hints`, `navigation` (definition, references,
rename), `outline` (symbols, folding, layout), `tokens` (colours). `protection` (what a lock protects) and
`files` (the workspace's models) serve these. A feature knows the server and the document.
"""
