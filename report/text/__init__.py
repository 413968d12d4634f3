"""Plain text, and the words that all reports share.

`words` what happens in a step; `behaviour` a trace as columns; `trace` what a trace implies (who holds
what); `result` a whole result; `problems` the list behind SARIF and annotations; `matrix` verdicts as
tables; `diagnostics`; `simulation`; `reduction` a reduction explained; `space` what is in a state space;
`changed` two results beside each other; `ink` colour; `places` paths as other programs name them; `command`
what a reader can copy into a shell.
"""
