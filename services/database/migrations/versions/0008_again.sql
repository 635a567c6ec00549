-- When a document's content came last: the same file again says that it is still so.
alter table report_document add column seen_at timestamptz not null default now();
-- Row-level security binds the owner as well: let go of for this line.
alter table report_document no force row level security;
update report_document set seen_at = landed_at;
alter table report_document force row level security;

-- As held_units and held_because, but for cases of ours that were closed: for pictures of the days
-- before they were.
alter table discrepancy
    add column besides_units integer not null default 0 check (besides_units between 0 and units),
    add column besides_because text;

-- What a case asked for depends on the day (services/insights/as_of.py).
alter table discrepancy_case drop column units;
