"""How alembic reaches the database: one connection, given by `migrations.run`."""

from alembic import context
from sqlalchemy import Connection, MetaData

from migrations.compare import include


def run(connection: Connection, metadata: MetaData | None) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"], context.config.attributes.get("metadata"))
