"""Who may come in and how they prove it: accounts, passwords, sessions, invitations, codes, tokens, substitutions."""
