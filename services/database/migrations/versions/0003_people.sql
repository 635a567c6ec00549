-- Who may see what, calls with clients, requests worked on by several people, what is sent out.

-- People: shared by all accounts -----------------------------------------------------------

create table person (
    person_id bigint generated always as identity primary key,
    name text not null check (length(name) between 1 and 120),
    email text not null unique check (email = lower(email) and length(email) between 3 and 254),
    roles text[] not null check (
        cardinality(roles) > 0 and roles <@ array['seller', 'manager', 'support', 'operator']),
    every_account boolean not null default false,  -- now and later: for those who serve all clients
    is_local boolean not null default false,       -- a persona of local mode: never signs in
    issuer text,                           -- the identity provider's name for the person: bound
    subject text,                          -- at the first sign-in, so that an address that changes
    created_at timestamptz not null default now(),  -- hands or comes back later opens nothing
    disabled_at timestamptz,
    unique (issuer, subject),
    check ((issuer is null) = (subject is null))
);

create table sign_in (                     -- one per sign-in at the provider; ended: signed out
    token_hash text primary key,           -- SHA-256 of what makes the identity token unique
    person_id bigint not null references person,
    started_at timestamptz not null default now(),
    ended_at timestamptz
);
create index on sign_in (person_id) where ended_at is null;

create table person_history (              -- append-only: who let whom do what
    history_id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    person_id bigint not null references person,
    by_person_id bigint references person, -- null: on the server, by command
    by_name text not null check (length(by_name) between 1 and 200),
    what text not null check (length(what) between 1 and 2000)
);
create index on person_history (person_id, history_id);

create table digest_subscription (         -- the weekly summary, for those who want it
    person_id bigint primary key references person,
    deliver_by text not null check (deliver_by in ('email', 'webhook')),
    webhook_url text check (length(webhook_url) <= 2000),
    webhook_secret text check (length(webhook_secret) <= 200),
    stop_key text not null check (length(stop_key) between 20 and 100),  -- what the way out of each digest proves
    created_at timestamptz not null default now(),
    last_week date,                        -- the Monday of the newest week that was sent or given up
    last_sent_at timestamptz,
    last_problem text check (length(last_problem) <= 2000),
    check ((deliver_by = 'webhook') = (webhook_url is not null)),
    check ((deliver_by = 'webhook') = (webhook_secret is not null))
);

insert into person (name, email, roles, every_account, is_local) values
    ('Seller', 'seller@local.invalid', '{seller}', true, true),
    ('Account manager', 'manager@local.invalid', '{manager}', true, true),
    ('Support', 'support@local.invalid', '{support}', true, true),
    ('Operator', 'operator@local.invalid', '{operator}', false, true);

-- Tenant tables ----------------------------------------------------------------------------

create table account_access (              -- whose accounts are whose
    account_id bigint not null references account,
    person_id bigint not null references person,
    granted_at timestamptz not null default now(),
    primary key (account_id, person_id)
);
create index on account_access (person_id, account_id);

create table client_call (                 -- an account manager spoke with a client
    account_id bigint not null references account,
    call_id bigint generated always as identity,
    held_on date not null,                 -- the day as the account manager names it
    person_id bigint not null references person,
    by_name text not null check (length(by_name) between 1 and 120),
    note text not null default '' check (length(note) <= 4000),  -- internal: sellers never see it
    entry text not null check (length(entry) between 8 and 64),  -- one form, opened once: one call
    logged_at timestamptz not null default now(),
    primary key (account_id, call_id),
    unique (account_id, entry)
);
create index on client_call (account_id, held_on desc, call_id desc);

-- A request goes from hand to hand: `version` lets only one of two people at once change it.
alter table activation_request
    drop constraint activation_request_status_check,
    add constraint activation_request_status_check check (
        status in ('new', 'need_info', 'answered', 'ready', 'active', 'declined')),
    add column version integer not null default 1,
    add column requested_by bigint references person,
    add column requested_by_name text check (length(requested_by_name) <= 120),
    add column taken_by bigint references person,
    add column taken_by_name text check (length(taken_by_name) <= 120),
    add column first_answered_at timestamptz,      -- when support first told the seller something
    add column settled_at timestamptz;
drop index activation_request_open;
create unique index activation_request_open on activation_request (account_id, channel_id)
    where status in ('new', 'need_info', 'answered', 'ready');
create index activation_request_asked on activation_request (requested_by, requested_at);

alter table activation_event
    drop constraint activation_event_kind_check,
    add constraint activation_event_kind_check check (kind in (
        'requested', 'taken', 'released', 'checked', 'noted', 'asked', 'answered', 'ready',
        'activated', 'declined')),
    add column person_id bigint references person,
    add column by_name text check (length(by_name) <= 120),
    -- The service team's own: who took it, what was ticked off, notes. Sellers never see it.
    add column is_internal boolean not null default false;

create table activation_check (            -- the checklist of one request, as far as it has come
    account_id bigint not null,
    request_id bigint not null,
    item text not null,                    -- services/activation/checklists.json: key
    state text not null check (state in ('done', 'missing', 'not_needed')),
    by_name text not null check (length(by_name) between 1 and 120),
    at timestamptz not null default now(),
    primary key (account_id, request_id, item),
    foreign key (account_id, request_id) references activation_request (account_id, request_id)
);

create table delivery (                    -- what the help desk is told: one message per event
    account_id bigint not null,
    delivery_id bigint generated always as identity,
    request_id bigint not null,
    event_id bigint not null,
    message_id text not null,              -- webhook-id: the same in every try
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
    attempts integer not null default 0,
    created_at timestamptz not null default now(),
    last_attempt_at timestamptz,
    next_attempt_at timestamptz,
    last_problem text check (length(last_problem) <= 2000),
    delivered_at timestamptz,
    primary key (account_id, delivery_id),
    unique (account_id, event_id),
    unique (account_id, message_id),
    foreign key (account_id, request_id, event_id)
        references activation_event (account_id, request_id, event_id)
);
create index delivery_unsettled on delivery (account_id, state) where state <> 'delivered';

-- "Since our last call" reads what became known after a moment.
create index discrepancy_change_at on discrepancy_change (account_id, changed_at);
create index case_event_at on case_event (account_id, at);
create index discrepancy_event on discrepancy (account_id, event_on, discrepancy_id);
