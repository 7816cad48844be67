"""Alembic's entry. The connection comes from models.schema, which also guards SQLite's foreign keys."""

from alembic import context

from models.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
