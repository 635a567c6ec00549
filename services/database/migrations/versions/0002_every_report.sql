-- The other report kinds, what recovery adds to a discrepancy, and the record of what moved a figure.

-- Shared by all accounts -------------------------------------------------------------------

alter table marketplace add column shop text; -- Amazon.co.uk: what settlements call it; null: unknown

create table automatic_payment (           -- where a marketplace pays a loss by itself
    automatic_payment_id bigint primary key, -- stable number from the data file
    marketplace text not null,
    countries text[] not null,
    subtype text not null,
    pays_within_days integer,              -- counted from the event; null: no source says how long it takes
    valid_from date,                       -- by the day of the event; null: always
    valid_to date,
    source text not null,
    checked_on date not null,
    confidence text not null check (confidence in ('official', 'secondary', 'code', 'unknown')),
    check ((confidence = 'unknown') = (pays_within_days is null))
);

create table valuation_method (            -- how a marketplace values what it owes
    valuation_method_id bigint primary key,
    marketplace text not null,
    countries text[] not null,
    moment text not null check (moment in ('before_order', 'after_order', 'inbound')),
    method text not null check (method in ('sourcing_cost', 'sale_proceeds', 'order_proceeds', 'average_sales_price')),
    valid_from date,                       -- by the day of the event
    valid_to date,
    source text not null,
    checked_on date not null,
    confidence text not null check (confidence in ('official', 'secondary', 'code', 'unknown'))
);

create table unit_cap (                    -- the most a marketplace pays for one unit
    unit_cap_id bigint primary key,
    marketplace text not null,
    countries text[] not null,
    currency text not null,
    amount numeric not null check (amount > 0),
    valid_from date,
    valid_to date,
    source text not null,
    checked_on date not null,
    confidence text not null check (confidence in ('official', 'secondary', 'code', 'unknown'))
);

create table report_word (                 -- what a word of a marketplace's report counts as
    marketplace text not null,
    field text not null,                   -- return_event, return_reason, return_channel, log_reason
    word text not null,                    -- normalised: lower case, letters and digits only
    counts_as text not null,
    source text not null,
    checked_on date not null,
    confidence text not null check (confidence in ('official', 'secondary', 'code', 'unknown')),
    primary key (marketplace, field, word)
);

alter table referral_rate                  -- kinds of item that the category's rate does not speak of
    add column except_product_types text[] not null default '{}';

-- Amazon's reports -------------------------------------------------------------------------

create table amazon_settlement_line (      -- settlement V2: one row per money line
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    settlement_id text not null,
    period_start timestamptz not null,     -- of the settlement, from its summary line
    period_end timestamptz not null,
    currency text not null,
    transaction_type text not null,
    order_id text,
    merchant_order_id text,
    adjustment_id text,
    shipment_id text,
    marketplace_name text,
    amount_type text,
    amount_description text,
    amount numeric not null,
    fulfillment_id text,                   -- AFN: fulfilled by Amazon
    posted_at timestamptz not null,
    order_item_code text,
    merchant_adjustment_item_id text,
    sku text,
    quantity integer,
    promotion_id text,
    primary key (account_id, document_id, row_number),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
create index on amazon_settlement_line (account_id, settlement_id);
create index on amazon_settlement_line (account_id, order_id, sku) where order_id is not null;

create table amazon_fee_preview (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    store text not null,                   -- the marketplace's country: US, CA, UK …
    sku text not null,
    fnsku text,
    asin text,
    product_name text,
    product_group text,
    your_price numeric,
    sales_price numeric,
    longest_side numeric,
    median_side numeric,
    shortest_side numeric,
    unit_of_dimension text,
    item_weight numeric,
    unit_of_weight text,
    size_tier text,
    currency text not null,
    estimated_fee_total numeric,
    estimated_referral_fee numeric,
    expected_fulfilment_fee numeric,       -- US: expected-fulfillment-fee-per-unit; EU: …domestic…
    primary key (account_id, document_id, row_number),
    unique (account_id, store, sku),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_removal_order (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    requested_at timestamptz not null,
    order_id text not null,
    order_type text,                       -- Return, Disposal, Liquidations
    service_speed text,
    order_status text,                     -- Pending, Planning, Processing, Completed, Cancelled
    last_updated_at timestamptz,
    sku text not null,
    fnsku text not null,
    disposition text not null,             -- Sellable, Unsellable
    requested_quantity integer not null,
    cancelled_quantity integer,
    disposed_quantity integer,
    shipped_quantity integer,
    in_process_quantity integer,
    removal_fee numeric,
    currency text,
    line_ordinal integer not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, order_id, sku, fnsku, disposition, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_removal_shipment (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    requested_at timestamptz,
    order_id text not null,
    shipped_at timestamptz not null,
    sku text not null,
    fnsku text not null,
    disposition text not null,
    shipped_quantity integer not null,
    carrier text,
    tracking_number text not null,
    removal_order_type text,
    line_ordinal integer not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, order_id, tracking_number, sku, fnsku, disposition, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_ledger_summary (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    period_start date not null,            -- 05/2026: the month; 05/13/2026: that day
    period_end date not null,
    fnsku text not null,
    asin text,
    msku text not null,
    title text,
    disposition text not null,
    starting_balance integer not null,
    in_transit integer,
    receipts integer,
    customer_shipments integer,
    customer_returns integer,
    vendor_returns integer,
    warehouse_transfer integer,
    found integer,
    lost integer,
    damaged integer,
    disposed integer,
    other_events integer,
    ending_balance integer not null,
    unknown_events integer,
    location text not null,                -- a country or a fulfilment centre
    store text,
    primary key (account_id, document_id, row_number),
    unique (account_id, period_start, period_end, fnsku, msku, disposition, location),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_inventory (            -- MYI: a snapshot; the newest says what is
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    sku text not null,
    fnsku text,
    asin text,
    product_name text,
    condition text,
    your_price numeric,
    warehouse_quantity integer,
    fulfillable_quantity integer,
    unsellable_quantity integer,
    reserved_quantity integer,
    total_quantity integer,
    inbound_working_quantity integer,
    inbound_shipped_quantity integer,
    inbound_receiving_quantity integer,
    researching_quantity integer,          -- units that Amazon is still looking for
    store text not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, sku, store),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_replacement (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    shipped_at timestamptz not null,
    sku text not null,
    asin text,
    fulfillment_center text,
    original_fulfillment_center text,
    quantity integer not null,
    reason_code text,
    replacement_order_id text not null,
    original_order_id text not null,
    line_ordinal integer not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, replacement_order_id, original_order_id, sku, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_inbound_shipment (     -- Fulfillment Inbound API v0, getShipments
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,            -- the object's number in the file
    channel_id bigint not null,
    shipment_id text not null,
    shipment_name text,                    -- holds the only date: FBA (2/11/20, 11:18 AM) - 1
    fulfillment_center text,
    status text not null,
    label_prep_type text,
    box_contents_source text,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, shipment_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table amazon_inbound_item (         -- Fulfillment Inbound API v0, getShipmentItems
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    shipment_id text not null,
    sku text not null,
    fnsku text,
    quantity_shipped integer not null,
    quantity_received integer not null,
    quantity_in_case integer,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, shipment_id, sku),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

-- Walmart's reports ------------------------------------------------------------------------

create table walmart_settlement_line (     -- WFS settlement: what a payment was for
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    customer_order_id text,
    customer_order_line text,
    purchase_order_id text,
    purchase_order_line text,
    transaction_type text not null,
    reason_code text,
    detail text,
    reference_id text not null,            -- WFSReferenceID
    transacted_on date not null,
    quantity integer,
    partner_id text,                       -- the seller, not the SKU
    gtin text,                             -- 14 digits; null where the file has lost digits
    item_name text,
    category text,
    sub_category text,
    net_payable numeric not null,          -- as written: no source tells its sign
    line_ordinal integer not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, reference_id, transacted_on, net_payable, line_ordinal),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_return (              -- GET /v3/returns: one row per return order line
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    return_order_id text not null,
    return_line integer not null,
    customer_order_id text,
    purchase_order_id text,
    purchase_order_line text,
    sku text not null,
    product_name text,
    returned_at timestamptz not null,      -- returnOrderDate: the return was begun
    return_by timestamptz,
    return_type text,                      -- REFUND, REPLACEMENT
    reason text,
    quantity integer not null,
    refunded_quantity integer,
    unit_price numeric,                    -- per unit
    refund_amount numeric,                 -- what the customer got back for the line, without tax
    currency text,
    is_keep_it boolean,
    return_expected boolean,
    status text,
    status_at timestamptz,
    delivery_status text,
    refund_status text,
    refund_channel text,
    tracking jsonb not null default '[]',  -- [{"sequenceNo", "eventTag", "eventTime"}], as landed
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, return_order_id, return_line),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_inventory_log (       -- GET /v3/fulfillment/inventory-log
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    log_id text not null,
    gtin text not null,
    sku text,
    product_name text,
    fulfillment_center text,
    changed_units integer not null,
    transacted_at timestamptz not null,
    location text,                         -- Salvage, Inventory
    reason_code text,
    reason_description text,
    transaction_type text,                 -- Receipt, Adjustment, Ship, Return
    shipment_id text,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, log_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_inbound_shipment (    -- GET /v3/fulfillment/inbound-shipments
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    inbound_order_id text not null,
    shipment_id text not null,
    status text,
    created_at timestamptz,
    shipment_units integer,
    received_units integer,
    expected_delivery_at timestamptz,
    delivered_at timestamptz,              -- actualDeliveryDate
    fulfillment_center text,
    carrier text,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, inbound_order_id, shipment_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table walmart_inbound_item (        -- GET /v3/fulfillment/inbound-shipment-items
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    inbound_order_id text not null,
    shipment_id text not null,
    gtin text not null,
    sku text not null,
    description text,
    expected_units integer not null,
    received_units integer not null,
    damaged_units integer not null,
    fill_rate numeric,
    expected_delivery_at timestamptz,
    ship_node text,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, inbound_order_id, shipment_id, gtin, sku),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

-- Our own records --------------------------------------------------------------------------

create table removal_receipt (             -- what of a removal shipment arrived: no marketplace reports it
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    order_id text not null,
    tracking_number text not null,
    sku text not null,
    received_on date,                      -- null: nothing arrived
    received_units integer not null check (received_units >= 0),
    damaged_units integer not null default 0 check (damaged_units between 0 and received_units),
    note text,
    primary key (account_id, document_id, row_number),
    unique (account_id, order_id, tracking_number, sku),
    foreign key (account_id, document_id) references report_document (account_id, document_id)
);

-- What recovery adds -----------------------------------------------------------------------

alter table discrepancy
    -- Inside the marketplace's own automatic payment: opens_on is then the day after it.
    add column automatic_payment_id bigint references automatic_payment,
    -- Waiting for a report of this kind to cover the day the window opens: until then opens_on is
    -- the day after the last, so that nothing unproven is ever called ready.
    add column awaits_kind text,
    add column covered_until date,         -- the last day that this report speaks of
    drop constraint discrepancy_check2,
    add constraint discrepancy_opens check (opens_on <= expires_on + 1),
    add column appeal_until date;          -- denied: the last day to appeal the decision; null: none known

create table discrepancy_change (          -- what moved a discrepancy after it was first seen
    account_id bigint not null,
    discrepancy_id bigint not null,
    change_number bigint generated always as identity,
    changed_at timestamptz not null,
    cause text not null,                   -- services.words: CHANGES
    units_before integer not null,         -- unclaimed units, by the calendar of the day
    units_after integer not null,
    amount_before numeric,                 -- null: no basis
    amount_after numeric,
    detail jsonb not null default '{}',
    primary key (account_id, discrepancy_id, change_number),
    foreign key (account_id, discrepancy_id)
        references discrepancy (account_id, discrepancy_id) on delete cascade
);

create table figure_change (               -- what moved Unclaimed, by day, kind and cause
    account_id bigint not null,
    channel_id bigint not null,
    changed_on date not null,              -- the channel's day
    type text not null,
    subtype text not null,
    currency text not null,
    cause text not null,
    discrepancies bigint not null,
    units bigint not null,                 -- signed
    amount numeric not null,               -- signed
    primary key (account_id, channel_id, changed_on, type, subtype, currency, cause),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table figure_clock (                -- up to which day expiries stand in figure_change
    account_id bigint not null,
    channel_id bigint not null,
    rolled_to date not null,
    since date not null,                   -- the first day that figure_change speaks of
    primary key (account_id, channel_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

-- Each import takes statistics itself when it has committed (Database.refresh_statistics). Taken by
-- the server in the middle of a long import they count none of its rows, and every foreign key
-- check after them would be planned for an empty table.
alter table discrepancy set (autovacuum_analyze_threshold = 2000000000);
alter table discrepancy_reimbursement set (autovacuum_analyze_threshold = 2000000000);
alter table discrepancy_evidence set (autovacuum_analyze_threshold = 2000000000);
alter table reimbursement set (autovacuum_analyze_threshold = 2000000000);
