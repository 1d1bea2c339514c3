#!/bin/sh
# At the first start of compose.yaml's database: two roles, of which the application's owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" \
  -v owner="$(cat /run/secrets/owner_password)" -v application="$(cat /run/secrets/application_password)" <<'SQL'
CREATE ROLE undersigned LOGIN PASSWORD :'owner';
CREATE ROLE undersigned_app LOGIN PASSWORD :'application';
CREATE DATABASE undersigned OWNER undersigned;
SQL
