"""The outside world in a box: identity provider, registries, messages, trust; all simulated, none of it the portal."""
