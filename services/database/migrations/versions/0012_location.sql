-- Where the goods are: a fulfilment centre, a carrier. A place is a page that there is.
alter table discrepancy rename column place to location;
