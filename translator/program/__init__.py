"""The program: guarded atomic steps between control points, which both engines run.

`program` points, steps, variables, `blocks` what steps do, `kinds` the words for what each is, `walk` through
all of it; `program_expressions` and `values` what they compute with; `ways` the paths through a step;
`fairness` which steps are promised; `waits` what could still end a wait; `lock_parts` which variables a lock
is made of; `levels` what a handler interrupts; `findings` what a behaviour is told by; `show` the program as
text. Frozen data without a way to run it.
"""
