"""What the desks share: access marks, errors, language, the request's database session."""
