"""What every command runs in: installation, transaction, who acts and how far he sees, language, evidence folder."""
