# Databases and their schemas. Sourced by up, after config.sh.
# The schemas a service's own migrations make are kept in $STATE/seed as SQL, so
# that the next cold start reads them back in a few seconds.
SEED=$STATE/seed

databases() { # SERVICE -> its databases
  case $1 in nova) echo "nova nova_api nova_cell0" ;; *) echo "$1" ;; esac
}

seed_check() { # a seed of other package versions or settings is thrown away
  local stamp
  stamp="sql $(dpkg-query -W -f '${Package}=${Version} ' mariadb-server keystone placement-common glance-common nova-common neutron-common) $SECRET $DB_PORT $MQ_PORT"
  if [ "$(cat "$SEED/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$SEED"
    mkdir -p -m 700 "$SEED"
    echo "$stamp" >"$SEED/stamp"
  fi
}

schema() { # SERVICE -> its databases exist, with their tables
  local service=$1 name
  [ ! -e "$STATE/schemas-done" ] || return 0
  for name in $(databases "$service"); do
    sql -e "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb3;
      CREATE USER IF NOT EXISTS '$service'@'127.0.0.1' IDENTIFIED BY '$SECRET';
      CREATE USER IF NOT EXISTS '$service'@'localhost' IDENTIFIED BY '$SECRET';
      GRANT ALL ON $name.* TO '$service'@'127.0.0.1'; GRANT ALL ON $name.* TO '$service'@'localhost'"
  done
  if [ "$service" = keystone ]; then keystone_keys; fi
  if [ -e "$SEED/$service.sql" ]; then
    sql <"$SEED/$service.sql"
  elif declare -F "migrate_$service" >/dev/null; then
    ("migrate_$service") >"$LOG/schema-$service.log" 2>&1 || { tail -20 "$LOG/schema-$service.log" >&2; return 1; }
    # shellcheck disable=SC2046
    mariadb-dump --no-defaults -u root -S "$RUN/mysqld.sock" --databases $(databases "$service") >"$SEED/$service.new"
    mv "$SEED/$service.new" "$SEED/$service.sql"
  fi
}

# A Fernet key is 32 random bytes; key 0 is the next one, key 1 signs.
keystone_keys() {
  local folder key
  for folder in fernet-keys credential-keys; do
    install -d -m 700 "$STATE/keystone/$folder"
    for key in 0 1; do
      [ -s "$STATE/keystone/$folder/$key" ] || (umask 077 && openssl rand -base64 32 | tr '+/' '-_' | tr -d '\n' >"$STATE/keystone/$folder/$key")
    done
  done
}

migrate_keystone() {
  set -e
  keystone-manage --config-file "$ETC/keystone/keystone.conf" db_sync
  keystone-manage --config-file "$ETC/keystone/keystone.conf" bootstrap --bootstrap-password "$SECRET" \
    --bootstrap-admin-url "$KEYSTONE/v3" --bootstrap-internal-url "$KEYSTONE/v3" \
    --bootstrap-public-url "$KEYSTONE/v3" --bootstrap-region-id RegionOne
}
migrate_placement() { placement-manage --config-file "$ETC/placement/placement.conf" db sync; }
migrate_glance() { glance-manage --config-file "$ETC/glance/glance-api.conf" db_sync; }
migrate_nova() {
  local manage="nova-manage --config-file $ETC/nova/nova.conf"
  set -e
  $manage api_db sync
  $manage cell_v2 map_cell0 --database_connection "$(db_url nova nova_cell0)"
  $manage db sync
  $manage cell_v2 create_cell --name=cell1 --transport-url "$MQ_URL" --database_connection "$(db_url nova)"
}
migrate_neutron() {
  PYTHONPATH=$here/drivers neutron-db-manage --config-file "$ETC/neutron/neutron.conf" \
    --config-file "$ETC/neutron/ml2_conf.ini" upgrade heads
}
