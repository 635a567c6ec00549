-- A call that was logged by mistake is undone by whoever logged it, once; its row stays.
alter table client_call add column undone_at timestamptz;
