"""From states back to what an author reads: every step replayed on the whole program.

`retrace.retrace` a behaviour to a `Finding`, or `Mismatch` where the interpreter cannot follow;
`expand` steps of a reduced program to those of the whole one; `lasso` the same for a stem and a loop,
with fairness and the property evaluated on it; `trail` what a verifier prints back to states; `witness`
fair behaviours that a property supposes; `seen` what a failed condition reads; `places` the author's places
and their values; `wakeups` who sleeps because it missed a wake-up; `diagnosis` the word for a lasso and what
explains it; `simulate` one behaviour,
step by step.
"""
