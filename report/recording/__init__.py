"""What came of comparing recordings with a model: `text`, `data` (JSON), `junit`."""
