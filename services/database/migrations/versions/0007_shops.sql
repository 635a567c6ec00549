-- What settlements and fee previews call a marketplace besides its shop: SI CA Prod Marketplace.
alter table marketplace add column shop_aliases text[] not null default '{}';
