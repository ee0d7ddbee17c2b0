# Writes each service's configuration under $ETC. Sourced by up, after config.sh.

write_config() {
  mkdir -p "$ETC"/{keystone,placement,glance,nova,neutron,barbican/home/.barbican} \
    "$STATE"/{keystone,glance/images,glance/staging,glance/tasks,nova/lock,neutron/lock} "$RUN" "$LOG"
  keystone_conf >"$ETC/keystone/keystone.conf"
  placement_conf >"$ETC/placement/placement.conf"
  glance_conf >"$ETC/glance/glance-api.conf"
  cp /etc/glance/glance-api-paste.ini "$ETC/glance/"
  nova_conf >"$ETC/nova/nova.conf"
  cp /etc/nova/api-paste.ini "$ETC/nova/"
  neutron_conf >"$ETC/neutron/neutron.conf"
  ml2_conf >"$ETC/neutron/ml2_conf.ini"
  barbican_conf >"$ETC/barbican/home/.barbican/barbican.conf"
}

keystone_conf() {
  cat <<END
[DEFAULT]
$(common)
[database]
connection = $(db_url keystone)
[token]
provider = fernet
expiration = 86400
[fernet_tokens]
key_repository = $STATE/keystone/fernet-keys
[fernet_receipts]
key_repository = $STATE/keystone/fernet-keys
[credential]
key_repository = $STATE/keystone/credential-keys
[cache]
enabled = true
backend = dogpile.cache.memcached
memcache_servers = 127.0.0.1:$MC_PORT
[oslo_messaging_notifications]
driver = noop
END
}

placement_conf() {
  cat <<END
[DEFAULT]
debug = ${CLOUD_DEBUG:-false}
[api]
auth_strategy = keystone
[placement_database]
connection = $(db_url placement)
$(authtoken placement)
END
}

glance_conf() {
  cat <<END
[DEFAULT]
$(common)
enabled_backends = file:file
node_staging_uri = file://$STATE/glance/staging
[os_glance_staging_store]
filesystem_store_datadir = $STATE/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = $STATE/glance/tasks
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = $STATE/glance/images
[database]
connection = $(db_url glance)
[paste_deploy]
flavor = keystone
[oslo_messaging_notifications]
driver = noop
$(authtoken glance)
END
}

nova_conf() {
  cat <<END
[DEFAULT]
$(common)
compute_driver = netnscloud_driver.NetnsDriver
host = ${CLOUD_HOST:-netns-compute}
my_ip = 127.0.0.1
state_path = $STATE/nova
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_workers = 1
vif_plugging_is_fatal = false
vif_plugging_timeout = 0
allow_resize_to_same_host = true
instance_name_template = instance-%08x
compute_monitors =
# The first round of periodic tasks comes at once, not within a random minute.
periodic_fuzzy_delay = 0
[wsgi]
api_paste_config = $ETC/nova/api-paste.ini
[api_database]
connection = $(db_url nova nova_api)
[database]
connection = $(db_url nova)
[conductor]
workers = 1
[scheduler]
workers = 1
# The scheduler maps the compute host itself, which spares a run of nova-manage.
discover_hosts_in_cells_interval = 5
[filter_scheduler]
enabled_filters = ComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter,ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter
[quota]
instances = -1
cores = -1
ram = -1
key_pairs = -1
server_groups = -1
server_group_members = -1
injected_files = 20
injected_file_content_bytes = 262144
[glance]
$(credentials nova)
[neutron]
$(credentials neutron)
[placement]
$(credentials placement)
[service_user]
send_service_user_token = false
$(credentials nova)
[oslo_concurrency]
lock_path = $STATE/nova/lock
[oslo_messaging_notifications]
driver = noop
$(authtoken nova)
END
}

neutron_conf() {
  cat <<END
[DEFAULT]
$(common)
core_plugin = ml2
service_plugins = router,qos
auth_strategy = keystone
state_path = $STATE/neutron
api_paste_config = /etc/neutron/api-paste.ini
dhcp_agent_notification = false
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
allow_overlapping_ips = true
base_mac = fa:16:3e:00:00:00
max_allowed_address_pair = 100
bind_host = 127.0.0.1
bind_port = 9696
api_workers = 1
rpc_workers = 1
# A changed title would overwrite the environment by which 'down' knows a daemon.
setproctitle = off
rpc_state_report_workers = 0
[database]
connection = $(db_url neutron)
max_pool_size = 20
max_overflow = 50
[quotas]
default_quota = -1
quota_network = -1
quota_subnet = -1
quota_port = -1
quota_router = -1
quota_floatingip = -1
quota_security_group = -1
quota_security_group_rule = -1
[oslo_concurrency]
lock_path = $STATE/neutron/lock
[oslo_messaging_notifications]
driver = noop
$(authtoken neutron)
END
}

ml2_conf() {
  cat <<END
[ml2]
type_drivers = local,flat,vlan
tenant_network_types = local
mechanism_drivers = netns
extension_drivers = port_security,qos
[securitygroup]
enable_security_group = true
END
}

barbican_conf() {
  cat <<END
[DEFAULT]
$(common)
host_href = http://127.0.0.1:9311
sql_connection = $(db_url barbican)
db_auto_create = true
max_limit_paging = 1000
[queue]
enable = false
[secretstore]
enabled_secretstore_plugins = store_crypto
[crypto]
enabled_crypto_plugins = simple_crypto
[simple_crypto_plugin]
kek = $(printf '%s' "$SECRET" | sha256sum | cut -c1-32 | tr -d '\n' | base64)
[oslo_messaging_notifications]
driver = noop
$(authtoken barbican)
END
}
