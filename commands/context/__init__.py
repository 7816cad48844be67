"""The context of every command: installation, transaction, who acts and how far he sees, language, evidence folder."""
