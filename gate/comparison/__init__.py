"""gate.comparison."""
