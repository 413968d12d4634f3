"""Weak memory: what a task need not have seen yet, as variables (`state`) and sets (`sets`), what operations
do to it (`views`), those that load and store one place in one step (`exchanges`), and which barriers stand
where they order nothing (`placed`)."""
