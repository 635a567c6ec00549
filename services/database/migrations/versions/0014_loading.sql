create table import_request (              -- files that a person has the worker load, or take back
    import_id bigint generated always as identity primary key,
    person_id bigint not null references person,
    account_id bigint references account,  -- null: one that is made by it
    account_name text check (length(account_name) between 1 and 200),
    channel text check (length(channel) between 1 and 200),
    undoes bigint references import_request,  -- takes back what that one has loaded
    files integer not null default 0 check (files between 0 and 10000),
    asked_at timestamptz not null default now(),
    state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    doing text,                            -- how far it is: a file, and how much of how much
    done bigint,
    of_all bigint,
    reason text,                           -- why nothing was done
    result jsonb,                          -- what became of each file
    mark text,                             -- what stood when it was done: undone only from there
    ended_at timestamptz,
    undone_at timestamptz,
    check ((state = 'waiting') = (ended_at is null)),
    check (undoes is not null or channel is not null),
    check (account_id is not null or account_name is not null)
);
create index on import_request (person_id, import_id);
