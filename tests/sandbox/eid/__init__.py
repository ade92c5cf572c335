"""Tests of the simulated identity provider by a strict client that shares no code with it."""
