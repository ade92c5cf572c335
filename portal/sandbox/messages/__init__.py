"""Every mail and SMS that anybody sent: received over real SMTP and HTTP, kept, and shown on a page."""
