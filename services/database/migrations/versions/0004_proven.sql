-- What is proven and what is not: documents not read whole, rows that could not be read and what
-- they still name, claims held back, cases and reconciliation on their own days.

alter table account
    -- Which version of identification made its discrepancies: an older one is run again at start.
    add column identified_with integer not null default 0;

alter table report_document
    add column asked_from date,            -- the days that the report was asked for, where known
    add column asked_to date,
    -- Every row of it could be read, and its lines add up to the total that it states.
    add column is_whole boolean not null default true,
    -- The parts of report_coverage that it tells of, whether or not it speaks for them.
    add column parts text[] not null default '{}';

alter table report_coverage
    add column is_whole boolean not null default true,     -- every row of the day was read
    -- A row that could not be read and names nothing, or is missing by the file's own total: it may
    -- be about anything on this day.
    add column has_unnamed boolean not null default false,
    -- Documents not read whole that added rows to this day, which another one speaks for.
    add column added_by bigint[] not null default '{}';

-- What is landed already. Row-level security binds the owner as well: let go of for these lines.
alter table report_document no force row level security;
alter table report_coverage no force row level security;
alter table amazon_settlement_line no force row level security;
alter table channel no force row level security;
update report_document set is_whole = false where rows_rejected > 0;
update report_document d set parts = array(
    select distinct v.part from report_coverage v
    where v.account_id = d.account_id and v.document_id = d.document_id);
-- A settlement speaks for its own channel only.
update report_coverage v set part = place.code || '|' || v.part
from (
    select distinct on (s.account_id, s.settlement_id) s.account_id, s.settlement_id, c.code
    from amazon_settlement_line s
    join channel c on c.account_id = s.account_id and c.channel_id = s.channel_id
    order by s.account_id, s.settlement_id, c.channel_id
) place
where v.kind = 'amazon_settlement' and place.account_id = v.account_id
    and place.settlement_id = v.part;
alter table report_document force row level security;
alter table report_coverage force row level security;
alter table amazon_settlement_line force row level security;
alter table channel force row level security;

create table unread_row (                  -- what a rejected row still names
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    kind text not null,
    scope text not null,
    day date,                              -- null: it does not say
    orders text[] not null,                -- order, shipment and parcel ids
    skus text[] not null,
    fnskus text[] not null,
    items text[] not null,                 -- ASIN or GTIN
    -- None of these can be read: the row may be about anything its report tells of.
    names_nothing boolean not null,
    primary key (account_id, document_id, row_number),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

alter table discrepancy
    -- Of the remaining units, those that something unproven holds back: never ready to claim.
    add column held_units integer not null default 0 check (held_units between 0 and units),
    add column held_because text,          -- services.words: HOLDS
    add constraint discrepancy_held check ((held_units = 0) = (held_because is null)),
    -- Of the units found, those that a report reconciled without saying by which row, and its day.
    add column undated_units integer not null default 0 check (undated_units between 0 and units),
    add column undated_on date;

create table discrepancy_case (            -- every case that ever covered it, the current one too
    account_id bigint not null,
    discrepancy_id bigint not null,
    channel_id bigint not null,
    case_id text not null,
    units integer not null,
    primary key (account_id, discrepancy_id, case_id),
    foreign key (account_id, discrepancy_id)
        references discrepancy (account_id, discrepancy_id) on delete cascade,
    foreign key (account_id, channel_id, case_id)
        references reimbursement_case (account_id, channel_id, case_id) on delete cascade
);

create table held_total (                  -- what is held back, by what would release it
    account_id bigint not null,
    channel_id bigint not null,
    type text not null,
    currency text not null,
    expires_on date not null,              -- 'infinity': window unknown
    because text not null,
    kind text not null,                    -- the report that is awaited; '': none would help
    covered_until date not null,           -- the last day it speaks of so far; '-infinity': none
    discrepancies bigint not null,
    units bigint not null,
    units_without_amount bigint not null,
    amount numeric not null,
    primary key (account_id, expires_on, channel_id, type, currency, because, kind, covered_until),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
