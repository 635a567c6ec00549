-- The two tables that Bazaar's reports land in.
create table bazaar_ledger_row (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    land text not null,
    moved_on date not null,
    sku text not null,
    title text,
    movement text not null,
    units integer not null,
    event_key text not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, event_key),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);

create table bazaar_payment (
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    channel_id bigint not null,
    payment_number text not null,
    paid_on date not null,
    sku text not null,
    reason text not null,
    units integer not null,
    amount numeric not null,
    currency text not null,
    primary key (account_id, document_id, row_number),
    unique (account_id, channel_id, payment_number),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id)
);
