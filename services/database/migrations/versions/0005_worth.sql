-- Which payments tell of one another what a unit is worth (services/marketplaces/pools.py); null:
-- of no use for an average. A reversal is in the pool of what it takes back.
alter table reimbursement add column pool text;

-- Our own estimate, where no rule of the marketplace's is published, has a name of its own.
alter table valuation_method drop constraint valuation_method_method_check;
alter table valuation_method add constraint valuation_method_method_check
    check (method in ('sourcing_cost', 'sale_proceeds', 'order_proceeds', 'average_sales_price',
        'own_order_proceeds'));
