-- Of a file with more unread rows than are kept one by one, one stands for all the others.
alter table unread_row add column rows bigint not null default 1;

alter table report_document
    -- This machine's clock while it was read: it decides which days are still to come. Null: as
    -- landed_at.
    add column read_at timestamptz,
    -- The first day of it that was still to come by that clock: once it has come the document may
    -- read otherwise.
    add column to_come date,
    -- A document that a wrong clock misread may have replaced rows of it: it is read again when it
    -- is brought again.
    add column read_anew boolean not null default false;

-- When a document's content came first, one moment for all of an import: the same bytes again are
-- no newer. As in 0008.
alter table report_document no force row level security;
update report_document set seen_at = landed_at where seen_at <> landed_at;
alter table report_document force row level security;
