-- A call that was logged by mistake is undone by whoever logged it, once; its row stays.
alter table client_call add column undone_at timestamptz;

-- By the month of the last identification: what was lost when it began, and is not any more. What
-- expires on a day is lost from the day after it on: units_ending fall in the month of that day.
alter table month_total
    add column units_unlost bigint not null default 0,
    add column units_unlost_without_amount bigint not null default 0,
    add column amount_unlost numeric not null default 0;
