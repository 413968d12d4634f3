"""tla.module."""
