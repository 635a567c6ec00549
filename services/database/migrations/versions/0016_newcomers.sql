create table account_request (             -- a page's wish: to connect a business that has no account yet
    request_id bigint generated always as identity primary key,
    person_id bigint not null references person,
    by_name text not null check (length(by_name) between 1 and 120),
    account_name text not null check (length(account_name) between 1 and 200),
    channel text not null references marketplace,
    wish text not null check (wish in ('consent', 'own_key')),
    nonce text not null unique check (length(nonce) between 8 and 100),   -- one consent: one request
    sealed text check (length(sealed) <= 20000),       -- what came back or was typed; gone once used
    made_at timestamptz not null default now(),
    account_id bigint references account,  -- null until it is made: once the marketplace has said yes
    state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    because text check (length(because) <= 2000),
    settled_at timestamptz,
    check ((state = 'waiting') = (settled_at is null)),
    check (state = 'waiting' or sealed is null)
);
create index on account_request (person_id, request_id);
