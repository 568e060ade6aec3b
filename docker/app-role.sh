#!/bin/sh
# Runs once, when the Postgres volume is new: the login the product works with. It owns nothing and
# bypasses nothing; the migrations grant it what it needs.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
  --set password="$POSTGRES_APP_PASSWORD" <<'SQL'
CREATE ROLE sales_operator_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE
  PASSWORD :'password';
SQL
