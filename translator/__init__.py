"""The meaning of a model, what TLC is given of it, and the way back.

    lower.lower       Model, policy -> Program   one guarded atomic step for each access
    pipeline          Program -> Program         which passes a run gets
    reduce            Program -> Program         fewer states, same verdicts
    emit.emit         Program -> Emission        the TLA+ module, its cfg, and the names for the way back
    emit.promela      Program -> Promela         the same for Spin
    run.interpreter   Program -> states          the second engine
    recorded          Program -> Recorded        with bound labels as steps, for recordings of a kernel
    driven            Recorded -> Program        with the events of one as these steps, for TLC
    retrace           TLC's states -> Finding    each step replayed by the interpreter, or Mismatch

Both engines run a `Program` and nothing else. Nothing here reads files, starts Java or Spin, knows what a
verdict is or how a trace is worded.

Open first: `program/program.py`, then docs/semantics.md beside `lower/statements.py`.
"""
