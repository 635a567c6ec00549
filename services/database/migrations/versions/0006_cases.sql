-- What nothing else places goes by a fixed order, and a rejected row can be read again.

-- Which of a region's marketplaces of one currency takes what nothing else places; 1 is first.
alter table marketplace add column currency_rank integer not null default 1
    check (currency_rank >= 1);

-- The header line as the file writes it, kept where a rejected row may have to be read again;
-- null: no row of it may, or the file has no header (JSON).
alter table report_document add column header text;
