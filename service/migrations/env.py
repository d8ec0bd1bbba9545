"""Where Alembic starts: runs the revisions on the connection that `Database.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import service.tables

assert service.tables
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
context.run_migrations()
