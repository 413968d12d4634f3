"""Checking what is done: the statements of processes, `def`s and policies.

`statements` those with blocks, `simple_statements` the others, `assignments` what is stored, `actions`
calls, choices and locks, `atomics` atomic operations, `spelling` what the kernel writes otherwise,
`objects` what is allocated and freed, `waiting` tasks that sleep, wake and stop each other, `conditions`
what actions are under `and`, `or` and `not`; `body` is what is known while a body is checked. Over whole
bodies: `calls` recursion, `size` how large inlining makes them, `sites` which policies suit a waiting site,
`snapshots` which counter a snapshot is of.
"""
