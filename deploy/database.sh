#!/bin/sh
# PostgreSQL in the foreground. The first start makes the cluster, its owner and its database; one
# that was cut short is made anew.
set -eu

home=/var/lib/postgresql/15
cluster=$home/main

# The owner makes the other roles and reads past row-level security; it is no superuser. That one
# is the user postgres, on this machine only, by the socket.
make_cluster() {
    umask 077
    mkdir -p "$home"
    rm -rf "$home/begun"
    initdb --pgdata="$home/begun" --auth-local=peer --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums
    echo "host all all all scram-sha-256" >>"$home/begun/pg_hba.conf"
    pg_ctl --pgdata="$home/begun" --wait --options="-c listen_addresses=''" start
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
\getenv password DATABASE_PASSWORD
create role reimbursement login createrole bypassrls password :'password';
create database reimbursement owner reimbursement;
SQL
    pg_ctl --pgdata="$home/begun" --wait --mode=fast stop
    mv "$home/begun" "$cluster"
}

[ -n "${DATABASE_PASSWORD:-}" ] || { echo "Set DATABASE_PASSWORD." >&2; exit 1; }
[ -d "$cluster" ] || make_cluster
exec postgres -D "$cluster" -c listen_addresses='*'
