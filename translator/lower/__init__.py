"""Model to program: `lower.lower` is the stage.

`statements` goes through a body from its last statement to its first, each knowing the node that follows;
`operations` locks, queues, the scheduler's verbs; `objects` how objects go; `waiting` sites with their
policies, tasks that wake each other, works and timers; `endless` which loops are gone round for their own
sake; `actions` what is done and has a result; `assignments` where it goes. Below them are `values`
expressions, `locks` what there is beside plain variables, and `memory` what tasks have seen under weak
memory, to which `weak` decides what it makes a difference. `flow` is the graph, cut into control points and
steps; `temporal` properties and their monitors; `finish` the last pass.
"""
