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
