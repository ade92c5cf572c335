"""Tests of the sandbox: pure ones of the population, and the rest against the real process over HTTP."""
