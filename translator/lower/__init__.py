"""Model to program: `lower.lower` is the stage.

`statements` goes through a body from its last statement to its first, each knowing the node that
follows; `operations` locks, queues, the scheduler's verbs; `assignments`, `expressions` which loads are
made in which order; `direct` what is evaluated in one state, `instant` the same of a condition that
takes steps, `read_notes` what is told of either; `locks` locks as variables, `rcu` read sections; `flow` the
graph, cut into control points and steps; `temporal` properties and their monitors; `rounds` loops that
are a process' purpose; `finish` the last pass.
"""
