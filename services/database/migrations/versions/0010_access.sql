-- An address in one form, so that no two can be taken for one (services/access/address.py).
alter table person add constraint person_email_check check (
    email collate "C" ~ '^[\u0021-\u0040\u005b-\u007e]{3,254}$');

-- One form of each name, and one line (services/naming.py).
alter table account add constraint account_name_form check (
    name is nfc normalized
    and name collate "C" !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]');
-- Ended for a person, sign-ins end that no page was ever opened with too: nobody wrote those down.
alter table person add column signed_out_at timestamptz;  -- none that was issued until then holds

-- A stranger's sign-in that was ended is remembered too: whoever lets them in lets in no copy.
alter table sign_in
    alter column person_id drop not null,
    add check (person_id is not null or ended_at is not null);

create table calendar_address (            -- what a calendar app follows, which cannot sign in
    account_id bigint not null references account,
    calendar_id bigint generated always as identity,
    person_id bigint not null references person,  -- whose it is: it shows what they may see
    currency text not null check (length(currency) between 1 and 100),
    channel text not null default '' check (length(channel) <= 100),  -- empty: every channel
    type text not null default '' check (length(type) <= 100),        -- empty: every type
    made_at timestamptz not null default now(),
    fetched_at timestamptz,
    primary key (account_id, calendar_id),
    unique (account_id, person_id, currency, channel, type)
);
create index on calendar_address (person_id, account_id);
