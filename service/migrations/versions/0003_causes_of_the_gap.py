"""Where the gap of a plan comes from. Plans of before do not say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.add_column("plan", sa.Column("causes", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("plan", "causes")
