"""Access of people: accounts, passwords, sessions, invitations, one-time codes, tokens, substitutions."""
