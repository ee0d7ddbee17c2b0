# Settings of the cloud and the pieces its configuration files share. Sourced.
DB_PORT=${CLOUD_DB_PORT:-3306}
MQ_PORT=${CLOUD_RABBIT_PORT:-5672}
MC_PORT=${CLOUD_MEMCACHED_PORT:-11211}
EPMD_PORT=${CLOUD_EPMD_PORT:-4369}
SECRET=${CLOUD_SECRET:-cloud-secret} # every password; the cloud is reachable from this host only
KEYSTONE=http://127.0.0.1:5000
MQ_URL=rabbit://guest:guest@127.0.0.1:$MQ_PORT/

# Every daemon of a running cloud.
DAEMONS="mariadb memcached rabbitmq keystone placement glance neutron nova-api barbican nova-conductor nova-scheduler nova-compute"

db_url() { echo "mysql+pymysql://$1:$SECRET@127.0.0.1:$DB_PORT/${2:-$1}?charset=utf8"; } # USER [DATABASE]
sql() { mariadb --no-defaults -u root -S "$RUN/mysqld.sock" "$@"; }

credentials() { # USER -> how a service signs in
  cat <<END
auth_url = $KEYSTONE
auth_type = password
project_domain_name = Default
user_domain_name = Default
project_name = service
username = $1
password = $SECRET
region_name = RegionOne
END
}

authtoken() { # USER -> how a service checks its callers' tokens
  cat <<END
[keystone_authtoken]
www_authenticate_uri = $KEYSTONE
memcached_servers = 127.0.0.1:$MC_PORT
service_token_roles_required = false
$(credentials "$1")
END
}

common() { # -> first lines of [DEFAULT]
  cat <<END
transport_url = $MQ_URL
log_date_format = %Y-%m-%d %H:%M:%S
debug = ${CLOUD_DEBUG:-false}
END
}
