"""Results made visible: text, data, diagnostics.  How a result came about is not known here."""
