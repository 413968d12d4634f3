"""What is in a state space, beside the verdicts on it.

`asked` is expressions from outside of a model; `space` how behaviours end, and which lines states come from;
`graph` as much of a space as a page can show.
"""
