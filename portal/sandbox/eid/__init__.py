"""The simulated e-ID provider: OpenID Connect in the manner of VNeID, strict by default, faulty on demand."""
