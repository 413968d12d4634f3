"""Weak memory: what a task need not have seen yet, as variables (`state`), and what operations do to it
(`views`)."""
