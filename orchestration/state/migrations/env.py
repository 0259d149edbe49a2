"""Alembic's entry: migrates the connection `state.database` hands over."""

from alembic import context

from orchestration.state.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
