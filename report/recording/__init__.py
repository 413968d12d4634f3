"""What came of comparing recordings with a model: `text`, `data` (JSON), `junit`, and `costs`, a table of
lengths for `pfnspec cost`."""
