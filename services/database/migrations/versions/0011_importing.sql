-- Of a file with more unread rows than are kept one by one, one stands for all the others.
alter table unread_row add column rows bigint not null default 1;

alter table report_document
    -- This machine's clock while it was read: it decides which days are still to come. Null: as
    -- landed_at.
    add column read_at timestamptz,
    -- By that clock a day of it was still to come, or told in which order its days are written.
    add column told_to_come boolean not null default false,
    -- A document that a wrong clock misread may have replaced rows of it: it is read again when it
    -- is brought again.
    add column read_anew boolean not null default false;
