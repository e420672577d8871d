# What deploy/backup and deploy/restore share; sourced, not run; what is set here is used there, and the other way round.
# shellcheck shell=bash disable=SC2034,SC2154

default_database=${POSTGRESQL_CONNECTION_STRING:-postgres://postgres:postgres@localhost:5432/postgres}

fail() { echo "deploy/$(basename "$0"): $*" >&2; exit 1; }

misused() { echo "deploy/$(basename "$0"): $*; see --help" >&2; exit 2; }

# Debian keeps the programs out of the path, one folder a version. The newest is taken: it reads the servers before it, an older one does not read those after it.
program() {
  local folder
  for folder in ${PG_BIN:+"$PG_BIN"} $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/$1" ]; then echo "$folder/$1"; return; fi
  done
  command -v "$1" || fail "the program '$1' is not installed; on Debian: apt-get install postgresql-client, on macOS: brew install postgresql (PG_BIN names another folder)"
}

# One row for each table: its name, its rows, and a checksum of them that does not depend on their order. The settings decide how values are written, so they are fixed.
fingerprints="
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1;
SELECT format('SELECT %L, count(*), coalesce(sum((''x'' || left(md5(stored::text), 16))::bit(64)::bigint::numeric), 0) FROM %s AS stored', name, name)
FROM (SELECT format('%I.%I', nspname, relname) AS name FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema') AS tables
ORDER BY name
\\gexec
"

# Asks the database: unaligned rows, columns apart by a tab.
ask() { "$psql" --no-psqlrc --quiet --tuples-only --no-align --field-separator=$'\t' --set=ON_ERROR_STOP=1 --dbname="$database" "$@"; }

# Tables and their rows, for a person.
show_tables() {
  local name rows checksum
  while IFS=$'\t' read -r name rows checksum; do printf '  %-32s %9d rows  checksum %s\n' "$name" "$rows" "$checksum"; done <"$1"
}
