"""The issued result: drawn, finished, signed, verified."""
