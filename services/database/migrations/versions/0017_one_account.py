"""Pages see one account at a time, said so that the planner can count through it.

`account_id = any (…)` of the policy and `account_id = :account_id` of the question were taken for
two conditions that have nothing to do with each other: a row or two was expected where there were
ten thousand, and what an account's page cost followed the other accounts. Of two equalities the
planner knows that they are one.
"""

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"

# A transaction of pages that names several accounts is an error where these rows are asked for.
ONE = "account_id = nullif(current_setting('app.accounts', true), '')::bigint"
# A person's own requests and answers are counted over all accounts that are theirs.
OF_SEVERAL = ("account", "activation_request", "activation_event")
_READ_BY_PAGES = text("""
select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid
where p.polname = 'app_reads' and c.relname <> all(:of_several)
    and pg_get_expr(p.polqual, p.polrelid) like '(account_id = ANY (%'
order by c.relname
""")


def upgrade() -> None:
    found = op.get_bind().execute(_READ_BY_PAGES, {"of_several": [*OF_SEVERAL]})
    for table in found.scalars().all():
        op.execute(f"alter policy app_reads on {table} using ({ONE})")
