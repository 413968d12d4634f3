"""Model to program: `lower.lower` is the stage.

`statements` goes through a body from its last statement to its first, each knowing the node that follows;
`operations` locks, queues, the scheduler's verbs; `rcu` read sections; `waiting` sites with their policies,
tasks that wake each other, works and timers; `assignments`, `expressions` which loads are made in which
order; `direct` what is evaluated in one state, `instant` the same of a condition that takes steps,
`read_notes` what is told of either; `locks` locks, queues and objects as variables; `flow` the graph, cut
into control points and steps; `temporal` properties and their monitors; `finish` the last pass.
"""
