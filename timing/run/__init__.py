"""One behaviour with times.

`episode` is what is run: a cell under costs, from a start until its measures are measured.  `measures` says
where those begin and end, and takes the samples.  `machine` takes the steps: `automaton` has the program's
states as numbers, `clock` the alarms, `cpus` the scheduler, `rounds` skips what repeats, `together` what
several tasks repeat at the same time.  `places` finds what a table names in a program, `choices` decides what
is a choice there.
"""
