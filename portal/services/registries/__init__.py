"""The state's registries as instruments: one client for each behind one Protocol, prefill with provenance."""
