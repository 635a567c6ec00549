create table amazon_inbound_delivery (     -- when a shipment arrived, as its carriers told Amazon
    account_id bigint not null,
    document_id bigint not null,
    row_number bigint not null,
    region text not null,
    channel_id bigint not null,
    shipment_id text not null,
    parcels integer not null check (parcels >= 0),         -- 0: nobody has told a tracking number
    delivered_parcels integer not null check (delivered_parcels between 0 and parcels),
    first_delivered_on date,               -- the channel's day
    last_delivered_on date check (last_delivered_on >= first_delivered_on),
    primary key (account_id, document_id, row_number),
    unique (account_id, region, shipment_id),
    foreign key (account_id, document_id) references report_document (account_id, document_id),
    foreign key (account_id, channel_id) references channel (account_id, channel_id),
    check ((first_delivered_on is null) = (delivered_parcels = 0)),
    check ((last_delivered_on is null) = (delivered_parcels = 0))
);

alter table report_document
    add column rows_from date,             -- of its rows, where these are of other days than those
    add column rows_to date;               -- that it was asked for; null: they are not

-- Of those with remaining units: whose day, and so whose window, is not known exactly.
alter table open_total add column discrepancies_approximate bigint not null default 0;
