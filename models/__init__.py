"""Tables, database settings, migrations and policy files: what is stored, and where."""
