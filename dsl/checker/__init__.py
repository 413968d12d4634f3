"""Tree to model: names, sorts, and every rule that makes a specification sound.

`declarations.check` is the stage; `declarations.examine`, behind it, shows the order: constants and types,
variables, signatures, bodies, then what is claimed (`properties`, `guards`), expected and accepted
(`unlocked`), which behaviours are followed (`assumptions`), how recorded events are read (`recordings`) and
what is timed (`measures`). `scenarios` has what a scenario sets. `values` checks what has a value, `bodies`
what is done; `variants` lays a variant over its base before that; `prelude` has the wait policies that every
model has, `library` the classes and `def`s that it has if it names them; `deferred` makes tasks of works and
timers.

Each handler returns a node of the model, or None after it has added a diagnostic: None is never a fault
without words.
"""
