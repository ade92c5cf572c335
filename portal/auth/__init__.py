"""Who you are, whom you act for, and what you may do."""
