-- The first schema. Rules that hold for every later migration (docs/database.md):
-- tenant tables carry account_id first in each key, no triggers, bigint identities,
-- row-level security enabled and forced, least grants.

-- Shared by all accounts: reference tables ------------------------------------------------

create table marketplace (
    code text primary key,                 -- amazon-us: what a channel is called
    marketplace text not null,             -- amazon
    country text not null,                 -- ISO 3166 alpha-2, GB written UK as Amazon does
    country_aliases text[] not null default '{}',
    name text not null,                    -- Amazon United States
    region text not null,                  -- NA, EU, FE: one report set per region
    marketplace_id text,
    currency text not null,
    time_zone text not null,
    supported boolean not null,            -- false: no service for this marketplace
    unsupported_reason text,
    source text not null,
    checked_on date not null
);

create table claim_window (
    claim_window_id bigint primary key,    -- stable number from the data file
    marketplace text not null,
    countries text[] not null,             -- the countries the source speaks of
    subtype text not null,
    anchor text not null,                  -- what starts the clock, in words
    opens_after_days integer,              -- null: unknown
    closes_after integer,                  -- null: unknown
    closes_unit text check (closes_unit in ('days', 'months')),
    valid_from date,                       -- by the day of filing, not of the event; null: always
    valid_to date,                         -- last day, inclusive; null: still valid
    source text not null,
    checked_on date not null,
    confidence text not null check (confidence in ('official', 'secondary', 'code', 'unknown')),
    note text,
    check ((closes_after is null) = (closes_unit is null)),
    check ((confidence = 'unknown') = (closes_after is null))
);

create table ledger_reason (               -- Amazon inventory ledger codes
    code text primary key,
    counts_as text not null,               -- lost, damaged, found, correction, disposition, redefinition, disposed
    sign smallint not null,
    meaning text not null,
    source text not null
);

create table payment_reason (              -- what a marketplace's word for a payment means
    marketplace text not null,
    reason text not null,                  -- normalised: lower case, letters and digits only
    subtype text not null,
    is_reversal boolean not null,
    source text not null,
    primary key (marketplace, reason)
);

create table exchange_rate (
    rate_on date not null,
    from_currency text not null,
    to_currency text not null,
    rate numeric not null check (rate > 0),
    source text not null,
    primary key (rate_on, from_currency, to_currency)
);

create table referral_rate (               -- Walmart's commission schedule
    schedule text not null,
    category text not null,
    valid_from date,
    valid_to date,
    kind text not null check (kind in ('flat', 'threshold_whole_price', 'marginal_portion')),
    tiers jsonb not null,                  -- [{"up_to": "15" | null, "rate": "0.05"}], up_to inclusive
    source text not null,
    checked_on date not null,
    primary key (schedule, category)
);

create table account (
    account_id bigint generated always as identity primary key,
    name text not null unique check (length(name) between 1 and 200),
    is_sample boolean not null default false,
    created_at timestamptz not null default now()
);

-- Tenant tables ---------------------------------------------------------------------------

create table channel (
    account_id bigint not null references account,
    channel_id bigint generated always as identity,
    code text not null references marketplace,
    marketplace text not null,
    country text not null,
    region text not null,
    currency text not null,
    time_zone text not null,
    connection_state text not null default 'files'
        check (connection_state in ('connected', 'files', 'disconnected')),
    service_active boolean not null default false,
    last_synced_at timestamptz,
    next_sync_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (account_id, channel_id),
    unique (account_id, code)
);

create table report_document (
    account_id bigint not null references account,
    document_id bigint generated always as identity,
    channel_id bigint,                     -- the channel it was landed for; null: the whole account
    scope text not null,                   -- amazon:NA, walmart:US or account: where its rows are unique
    kind text not null,
    checksum text not null,                -- SHA-256 of the unpacked content
    file_name text not null,
    file_bytes bigint not null,
    encoding text not null,
    delimiter text not null,
    compression text not null,
    first_day date,
    last_day date,
    rows_in_file bigint not null,
    rows_landed bigint not null,
    rows_passed_over bigint not null,
    rows_rejected bigint not null,
    passed_over_because jsonb not null default '{}',  -- {"reason in words": rows}
    notes jsonb not null default '[]',     -- what a person should know of this file
    landed_at timestamptz not null default now(),
    primary key (account_id, document_id),
    unique (account_id, scope, kind, checksum),
    foreign key (account_id, channel_id) references channel (account_id, channel_id),
    check (rows_in_file = rows_landed + rows_passed_over + rows_rejected)
);

create table report_coverage (             -- which document speaks for a day
    account_id bigint not null,
    kind text not null,
    scope text not null,
    part text not null,                    -- ledger: country; WFS inventory: its period; else ''
    day date not null,
    document_id bigint not null,
    primary key (account_id, kind, scope, part, day),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

create table rejected_row (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,            -- the line in the unpacked file, header = 1
    column_name text not null,
    expected text not null,
    found text,
    raw_text text not null,
    primary key (account_id, document_id, row_number, column_name),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

create table amazon_reimbursement (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    region text not null,
    reimbursement_id text not null,
    line_ordinal integer not null,         -- 1, 2 … where a file repeats the whole key
    case_id text,
    order_id text,
    reason text not null,
    sku text not null,
    fnsku text not null,
    asin text,
    product_name text,
    condition text not null,
    currency text not null,
    amount_per_unit numeric,
    amount_total numeric not null,
    quantity_cash integer not null,
    quantity_inventory integer not null,
    quantity_total integer not null,
    original_reimbursement_id text,
    original_reimbursement_type text,
    approved_at timestamptz not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, region, reimbursement_id, sku, fnsku, reason, condition, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_ledger_event (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    country text not null,
    day date not null,
    fnsku text not null,
    asin text,
    msku text,
    title text,
    event_type text not null,
    reference_id text,
    quantity integer not null,
    fulfillment_center text,
    disposition text,
    reason text,
    reconciled_quantity integer,
    unreconciled_quantity integer,
    occurred_at timestamptz,
    store text,
    event_key text not null,               -- the row's own fields without title and reconciliation, hashed, and its ordinal within the day
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, event_key),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
create index on amazon_ledger_event (account_id, channel_id, reason, day) where reason is not null;

create table amazon_customer_return (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    returned_at timestamptz not null,
    order_id text not null,
    sku text not null,
    asin text,
    fnsku text not null,
    product_name text,
    quantity integer not null,
    fulfillment_center text,
    disposition text not null,
    reason text,
    status text,
    license_plate_number text not null default '',
    customer_comments text,
    line_ordinal integer not null,         -- 1, 2 … where a file repeats order, SKU and plate
    primary key (account_id, document_id, row_number),
    -- Not the date: one return comes back with another date in another pull.
    unique (account_id, channel_id, order_id, sku, fnsku, license_plate_number, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_payment (             -- reconciliation report v1: one row per money line
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    period_start date not null,
    period_end date not null,
    currency text not null,
    transaction_key text,
    posted_on date,
    transaction_type text not null,
    description text,
    customer_order_id text,
    purchase_order_id text,
    purchase_order_line text,
    amount numeric not null,
    amount_type text,
    quantity integer,
    commission_rate numeric,               -- per cent
    reason_description text,
    sku text,
    gtin text,                             -- 14 digits
    item_name text,
    contract_category text,
    product_type text,
    commission_rule text,
    fulfilment_type text,
    original_commission numeric,
    primary key (account_id, document_id, row_number),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
create index on walmart_payment (account_id, channel_id, period_start);

create table walmart_inventory_reconciliation (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    period_start date not null,
    period_end date not null,
    gtin text not null,
    item_id text,
    product_name text,
    sku text,
    fulfillment_center text not null,
    starting_quantity integer,
    received integer,
    sold integer,
    lost integer not null,
    found integer not null,
    undelivered integer,
    transferred integer,
    returned_to_seller integer,
    removed integer,
    ending_quantity integer,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, period_start, period_end, gtin, fulfillment_center),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_inbound_receipt (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    inbound_order_id text not null,
    purchase_order_number text not null,
    original_purchase_order_number text,
    gtin text not null,
    upc text,
    sku text not null,
    description text,
    created_on date,
    delivered_on date,
    status text,
    expected_units integer not null,
    checked_in_units integer,
    received_units integer not null,
    damaged_units integer not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, inbound_order_id, purchase_order_number, gtin, sku),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table sourcing_cost (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    sku text not null,
    currency text not null,
    unit_cost numeric not null check (unit_cost >= 0),
    valid_from date not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, sku, currency, valid_from),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

create table reimbursement_case (
    account_id bigint not null,
    channel_id bigint not null,
    case_id text not null,
    type text not null,
    subtype text,
    status text not null
        check (status in ('open', 'closed', 'partially_reimbursed', 'fully_reimbursed', 'not_eligible')),
    opened_on date not null,
    closed_on date,
    currency text not null,
    requested_amount numeric,
    approved_amount numeric,
    units integer,
    reference_ids text[] not null default '{}',
    document_id bigint not null,
    row_number bigint not null,
    primary key (account_id, channel_id, case_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    check (closed_on is null or closed_on >= opened_on)
);
create index on reimbursement_case (account_id, opened_on, channel_id, case_id);

create table case_event (
    account_id bigint not null,
    channel_id bigint not null,
    case_id text not null,
    event_number integer not null,
    at timestamptz not null,
    status text not null,
    note text,
    primary key (account_id, channel_id, case_id, event_number),
    foreign key (account_id, channel_id, case_id)
        references reimbursement_case (account_id, channel_id, case_id) on delete cascade
);

-- What recovery makes of the reports -------------------------------------------------------

create table reimbursement (               -- every payment and reversal, one shape for all marketplaces
    account_id bigint not null,
    channel_id bigint not null,
    reimbursement_key text not null,       -- stable over documents: marketplace, id, item, reason
    external_id text,                      -- the marketplace's own id: the proof
    case_id text,                          -- filled: claimed by a case; null: automatic
    original_key text,                     -- a reversal's reimbursement_key of what it undoes
    is_reversal boolean not null,
    reason text not null,                  -- the marketplace's own word
    type text not null,
    subtype text not null,
    sku text,
    fnsku text,
    item_code text,                        -- ASIN or GTIN
    title text,
    order_id text,
    reference text,
    units_cash integer not null,           -- negative on a reversal
    units_inventory integer not null,
    amount numeric not null,               -- negative on a reversal
    currency text not null,
    approved_on date not null,             -- the channel's day
    document_id bigint not null,
    row_number bigint not null,
    primary key (account_id, channel_id, reimbursement_key),
    foreign key (account_id, channel_id) references channel (account_id, channel_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);
create index on reimbursement (account_id, approved_on, channel_id, reimbursement_key);
create index reimbursement_of_case on reimbursement (account_id, channel_id, case_id)
    include (external_id, sku, fnsku, item_code, order_id, reference) where case_id is not null;
create index reversal_of on reimbursement (account_id, channel_id, original_key) where original_key is not null;
create index on reimbursement (account_id, external_id);

create table discrepancy (
    account_id bigint not null,
    discrepancy_id bigint generated always as identity,
    channel_id bigint not null,
    type text not null,
    subtype text not null,
    event_key text not null,               -- one event, one discrepancy
    sku text,
    fnsku text,
    item_code text,                        -- ASIN or GTIN
    title text,
    order_id text,
    reference text,                        -- shipment, purchase order or ledger reference
    place text,                            -- fulfilment centre
    event_on date not null,                -- the day the clock started, in the channel's zone
    event_on_approximate boolean not null default false,
    units integer not null check (units > 0),
    found_units integer not null default 0 check (found_units >= 0),
    paid_cash_units integer not null default 0 check (paid_cash_units >= 0),
    paid_inventory_units integer not null default 0 check (paid_inventory_units >= 0),
    in_progress_units integer not null default 0 check (in_progress_units >= 0),
    denied_units integer not null default 0 check (denied_units >= 0),
    -- What only the calendar decides: future, ready or expired.
    remaining_units integer generated always as
        (units - found_units - paid_cash_units - paid_inventory_units - in_progress_units - denied_units) stored
        check (remaining_units >= 0),
    claim_window_id bigint references claim_window,  -- null: window unknown
    opens_on date,
    expires_on date,
    currency text not null,
    unit_amount numeric check (unit_amount >= 0),    -- null: unknown, in the currency's own decimals
    basis text not null,
    basis_inputs jsonb not null default '{}',
    -- What the remaining units may be worth, in hundredths, only to sort by: row-level security
    -- lets a comparison of whole numbers into an index, and no comparison of numerics.
    remaining_hundredths bigint generated always as (round(100 * coalesce(unit_amount
        * (units - found_units - paid_cash_units - paid_inventory_units - in_progress_units - denied_units), 0))::bigint) stored,
    claimed_gross numeric not null default 0 check (claimed_gross >= 0),
    reversed numeric not null default 0 check (reversed >= 0),
    case_id text,
    case_units integer not null default 0 check (case_units between 0 and units),
    denied_on date,
    document_id bigint not null,           -- the report row it rests on
    row_number bigint not null,
    primary key (account_id, discrepancy_id),
    unique (account_id, channel_id, subtype, event_key),
    foreign key (account_id, channel_id) references channel (account_id, channel_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    check ((unit_amount is null) = (basis = 'unknown')),
    check (opens_on <= expires_on)
);
create index discrepancy_expiring on discrepancy (account_id, expires_on, discrepancy_id)
    include (channel_id, type, remaining_units, unit_amount) where remaining_units > 0;
create index on discrepancy (account_id, channel_id, fnsku);
-- The expiring list by money: per channel and last day, the largest first.
create index discrepancy_largest on discrepancy
    (account_id, channel_id, expires_on, remaining_hundredths desc, discrepancy_id)
    include (type, currency) where remaining_units > 0;
create index discrepancy_in_progress on discrepancy (account_id, event_on, discrepancy_id)
    where in_progress_units > 0;
create index discrepancy_denied on discrepancy (account_id, denied_on, discrepancy_id)
    where denied_units > 0;
create index discrepancy_of_case on discrepancy (account_id, channel_id, case_id)
    include (sku, fnsku, item_code, order_id, reference) where case_id is not null;

create table discrepancy_reimbursement (   -- which payment settled which units
    account_id bigint not null,
    discrepancy_id bigint not null,
    channel_id bigint not null,
    reimbursement_key text not null,
    units_cash integer not null,
    units_inventory integer not null,
    amount numeric not null,
    primary key (account_id, discrepancy_id, channel_id, reimbursement_key),
    foreign key (account_id, discrepancy_id)
        references discrepancy (account_id, discrepancy_id) on delete cascade,
    foreign key (account_id, channel_id, reimbursement_key)
        references reimbursement (account_id, channel_id, reimbursement_key) on delete cascade
);
create index on discrepancy_reimbursement (account_id, channel_id, reimbursement_key);

create table discrepancy_evidence (        -- further report rows: what was found again, the other leg
    account_id bigint not null,
    discrepancy_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    role text not null,                    -- found: units that came back
    day date not null,                     -- when, by the report
    units integer not null,
    primary key (account_id, discrepancy_id, document_id, row_number, role),
    foreign key (account_id, discrepancy_id)
        references discrepancy (account_id, discrepancy_id) on delete cascade,
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

create table open_total (                  -- sums of discrepancies, kept with them; the calendar stays outside
    account_id bigint not null,
    channel_id bigint not null,
    type text not null,
    subtype text not null,
    currency text not null,
    opens_on date not null,                -- '-infinity': window unknown
    expires_on date not null,              -- 'infinity': window unknown
    discrepancies bigint not null,
    discrepancies_remaining bigint not null,  -- those with remaining units: rows of the expiring list
    units_found bigint not null,
    units_in_progress bigint not null,
    units_denied bigint not null,
    units_remaining bigint not null,
    units_remaining_without_amount bigint not null,
    amount_in_progress numeric not null,
    amount_denied numeric not null,
    amount_remaining numeric not null,
    -- The last day comes first: a page reads this month and what is still to come, never the past.
    primary key (account_id, expires_on, channel_id, type, subtype, currency, opens_on),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table month_total (                 -- what fell in a month: pages read the past from here, whole
    account_id bigint not null,
    channel_id bigint not null,
    type text not null,
    subtype text not null,
    currency text not null,
    month date not null,                   -- its first day, in the channel's calendar; '-infinity': not known
    -- by the month of event_on
    discrepancies bigint not null,
    units_new bigint not null,             -- units less those found again, whatever became of them
    units_new_without_amount bigint not null,
    amount_new numeric not null,
    units_in_progress bigint not null,
    units_in_progress_without_amount bigint not null,
    amount_in_progress numeric not null,
    -- by the month of denied_on
    units_denied bigint not null,
    units_denied_without_amount bigint not null,
    amount_denied numeric not null,
    -- by the month of expires_on: the remaining units whose last day falls in it; window unknown: none
    units_ending bigint not null,
    units_ending_without_amount bigint not null,
    amount_ending numeric not null,
    -- reimbursements, by the month of approved_on; units less those taken back
    units_cash bigint not null,
    units_inventory bigint not null,
    gross_via_case numeric not null,
    gross_automatic numeric not null,
    reversed_via_case numeric not null,    -- positive
    reversed_automatic numeric not null,
    primary key (account_id, channel_id, type, subtype, currency, month),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table claimed_total (               -- sums of reimbursements by day and by what they were for
    account_id bigint not null,
    channel_id bigint not null,
    type text not null,
    subtype text not null,
    currency text not null,
    approved_on date not null,
    via_case boolean not null,
    units_cash bigint not null,
    units_inventory bigint not null,
    gross numeric not null,
    reversed numeric not null,             -- positive
    primary key (account_id, channel_id, type, subtype, currency, approved_on, via_case),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table activation_request (
    account_id bigint not null references account,
    request_id bigint generated always as identity,
    channel_id bigint not null,
    status text not null default 'new'
        check (status in ('new', 'need_info', 'ready', 'active', 'declined')),
    contact_name text not null check (length(contact_name) between 1 and 120),
    email text not null check (length(email) between 3 and 254),
    phone text not null check (length(phone) between 4 and 32),
    preferred_time text not null check (length(preferred_time) <= 120),
    time_zone text not null check (length(time_zone) <= 64),
    start_with text[] not null,
    message text not null check (length(message) <= 2000),
    consented_at timestamptz not null,
    requested_at timestamptz not null default now(),
    primary key (account_id, request_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
-- One open request per channel, whatever is pressed.
create unique index activation_request_open on activation_request (account_id, channel_id)
    where status in ('new', 'need_info', 'ready');

create table activation_event (            -- append-only history
    account_id bigint not null,
    request_id bigint not null,
    event_id bigint generated always as identity,
    at timestamptz not null default now(),
    kind text not null check (kind in ('requested', 'asked', 'answered', 'ready', 'activated', 'declined')),
    note text check (length(note) <= 2000),
    primary key (account_id, request_id, event_id),
    foreign key (account_id, request_id) references activation_request (account_id, request_id)
);
