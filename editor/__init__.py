"""A language server: what an editor shows while a model is written."""
