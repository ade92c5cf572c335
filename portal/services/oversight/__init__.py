"""What inspectors and figures rest on."""
