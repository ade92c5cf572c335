"""What is told, and the outbox by which anything leaves the portal."""
