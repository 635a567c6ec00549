-- What a marketplace is asked for, on whose behalf, and what became of it.

-- Not before then the marketplace made the report; null: nobody knows, as of a file.
alter table report_document add column made_at timestamptz;

-- Connections ------------------------------------------------------------------------------

create table marketplace_connection (      -- one serves all channels of a marketplace's region
    account_id bigint not null references account,
    connection_id bigint generated always as identity,
    marketplace text not null,
    region text not null,
    way text not null check (way in ('consent', 'own_key')),
    state text not null default 'connected'
        check (state in ('connected', 'expired', 'revoked', 'disconnected')),
    state_since timestamptz not null default now(),
    because text check (length(because) <= 2000),      -- in a sentence, where it is not connected
    seller text check (length(seller) <= 100),         -- the marketplace's own name for the seller
    countries text[] not null default '{}',            -- whose shops the seller has; empty: not told
    scopes text[],                         -- what was granted; null: the marketplace does not say
    consent_until date,                    -- null: not told
    refresh_until date,
    connected_at timestamptz not null default now(),
    connected_by bigint references person, -- null: on the server, by command
    connected_by_name text not null check (length(connected_by_name) between 1 and 200),
    primary key (account_id, connection_id),
    unique (account_id, marketplace, region)
);

create table connection_secret (           -- what opens the seller's data, sealed (sync/sealing.py)
    account_id bigint not null,
    connection_id bigint not null,
    sealed text not null check (length(sealed) <= 20000),
    sealed_at timestamptz not null default now(),
    primary key (account_id, connection_id),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id)
);

create table connection_request (          -- a page's wish: the worker connects or disconnects
    account_id bigint not null references account,
    request_id bigint generated always as identity,
    channel text not null references marketplace,      -- that of the page it was made on
    wish text not null check (wish in ('consent', 'own_key', 'disconnect')),
    nonce text not null check (length(nonce) between 8 and 100),      -- one consent: one request
    sealed text check (length(sealed) <= 20000),       -- what came back or was typed; gone once used
    person_id bigint not null references person,
    by_name text not null check (length(by_name) between 1 and 120),
    made_at timestamptz not null default now(),
    state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    because text check (length(because) <= 2000),
    settled_at timestamptz,
    primary key (account_id, request_id),
    unique (account_id, nonce),
    check ((state = 'waiting') = (settled_at is null)),
    check (state = 'waiting' or sealed is null)
);

-- Syncing ----------------------------------------------------------------------------------

create table sync_state (                  -- how a connection's syncing stands: one run at a time
    account_id bigint not null,
    connection_id bigint not null,
    run bigint not null default 0,         -- the number of the run: one that was overtaken writes nothing
    runs_until timestamptz,                -- a run that says nothing until then is over
    next_at timestamptz not null default now(),
    began_at timestamptz,
    ended_at timestamptz,
    because text check (length(because) <= 2000),      -- what kept the last run from asking at all
    primary key (account_id, connection_id),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id)
);
create index sync_state_due on sync_state (next_at);

create table sync_piece (                  -- one question: a report of some days, and how far it is
    account_id bigint not null,
    piece_id bigint generated always as identity,
    connection_id bigint not null,
    source text not null,                  -- services/marketplaces/asking.py: Source.name
    part text not null,                    -- the channel's code, or the region
    channel text not null references marketplace,      -- as which it is asked for, and landed
    item text not null default '' check (length(item) <= 200),  -- of what is only listed: which
    first_day date,
    last_day date,                         -- both null: a snapshot of now
    state text not null default 'due'
        check (state in ('due', 'asked', 'ready', 'landed', 'not_told', 'refused')),
    report_id text check (length(report_id) <= 200),   -- the marketplace's
    document text check (length(document) <= 2000),    -- what to fetch it by
    said text check (length(said) <= 100), -- the marketplace's own word for its state
    because text check (length(because) <= 2000),
    tries integer not null default 0,      -- how often it was given up and asked anew
    due_at timestamptz not null default now(),
    planned_at timestamptz not null default now(),
    asked_at timestamptz,
    settled_at timestamptz,
    files integer not null default 0,
    rows_landed bigint not null default 0,
    rows_rejected bigint not null default 0,
    primary key (account_id, piece_id),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id),
    check ((first_day is null) = (last_day is null)),
    check ((state in ('landed', 'not_told', 'refused')) = (settled_at is not null))
);
-- Nothing is asked for twice at once.
create unique index sync_piece_open
    on sync_piece (account_id, connection_id, source, part, item, first_day) nulls not distinct
    where settled_at is null;
create index sync_piece_settled
    on sync_piece (account_id, connection_id, source, part, item, first_day, settled_at desc)
    where settled_at is not null;

create table sync_unknown (                -- words that no published model has: kept and counted
    account_id bigint not null,
    connection_id bigint not null,
    heard_in text not null check (length(heard_in) between 1 and 200),
    said text not null check (length(said) <= 100),
    times bigint not null default 1,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (account_id, connection_id, heard_in, said),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id)
);

create table call_limit (                  -- how often an operation may still be asked, for all workers
    account_id bigint not null,
    connection_id bigint not null,
    operation text not null check (length(operation) between 1 and 100),
    state bigint[] not null default '{}',  -- pyrate-limiter's: microseconds since 1970
    per_second numeric check (per_second > 0),         -- as the other side said last; null: as published
    held_until timestamptz,                -- it asked to be left alone until then
    primary key (account_id, connection_id, operation),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id)
);

create table marketplace_case (            -- a case as the marketplace keeps it: no subject, no message
    account_id bigint not null,
    connection_id bigint not null,
    case_id text not null check (length(case_id) between 1 and 100),
    state text not null check (state in (
        'waits_for_marketplace', 'waits_for_you', 'resolved', 'moved', 'unknown')),
    said text not null check (length(said) <= 100),    -- its own word
    created_at timestamptz,
    updated_at timestamptz,
    resolved_at timestamptz,
    seen_at timestamptz not null default now(),
    primary key (account_id, connection_id, case_id),
    foreign key (account_id, connection_id)
        references marketplace_connection (account_id, connection_id)
);
create index marketplace_case_waits on marketplace_case (account_id, case_id)
    where state = 'waits_for_you';

create table feed_position (               -- how far the service team's own feed was read
    account_id bigint not null references account,
    feed text not null check (feed in ('cases')),
    position text check (length(position) <= 2000),
    read_at timestamptz,
    because text check (length(because) <= 2000),      -- why the last reading came to nothing
    primary key (account_id, feed)
);
