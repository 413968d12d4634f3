"""Weak memory: what a task need not have seen yet, as variables (`state`) and sets (`sets`), what operations
do to it (`views`), and those that load and store one place in one step (`exchanges`)."""
