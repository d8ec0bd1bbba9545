"""What each verb takes, and which room answers; imported late, so that help comes at once."""
