locals {
  gold = {
    set     = { name = "gold", description = "two amphorae", enabled = false }
    changed = { name = "golden", description = "two of them", enabled = true }
    plain   = { name = "golden" }
  }[var.stage]

  # Of no flavor: what a flavor has of its profile stays as it is.
  spare_profile = {
    set     = { name = "spare", provider_name = "amphora", topology = "SINGLE" }
    changed = { name = "spare-2", provider_name = "octavia", topology = "ACTIVE_STANDBY" }
    plain   = { name = "spare-2", provider_name = "octavia", topology = "ACTIVE_STANDBY" }
  }[var.stage]

  quota = {
    set     = { loadbalancer = 1, listener = 2, member = 3, pool = 4, health_monitor = 5, l7_policy = 6, l7_rule = 7 }
    changed = { loadbalancer = 10, listener = 20, member = 30, pool = 40, health_monitor = 50, l7_policy = 60, l7_rule = -1 }
    plain   = {}
  }[var.stage]
}

resource "openstack_lb_flavorprofile_v2" "single" {
  provider      = openstack.operator
  region        = var.region
  name          = "single"
  provider_name = "amphora"
  flavor_data   = jsonencode({ loadbalancer_topology = "SINGLE" })
}

resource "openstack_lb_flavorprofile_v2" "spare" {
  provider      = openstack.operator
  region        = var.region
  name          = local.spare_profile.name
  provider_name = local.spare_profile.provider_name
  flavor_data   = jsonencode({ loadbalancer_topology = local.spare_profile.topology })
}

resource "openstack_lb_flavor_v2" "single" {
  provider          = openstack.operator
  name              = "single"
  flavor_profile_id = openstack_lb_flavorprofile_v2.single.id
}

resource "openstack_lb_flavor_v2" "gold" {
  provider          = openstack.operator
  region            = var.region
  name              = local.gold.name
  description       = try(local.gold.description, null)
  enabled           = try(local.gold.enabled, null)
  flavor_profile_id = openstack_lb_flavorprofile_v2.single.id
}

resource "openstack_lb_quota_v2" "tenant" {
  provider       = openstack.operator
  region         = var.region
  project_id     = var.quota_project
  loadbalancer   = try(local.quota.loadbalancer, null)
  listener       = try(local.quota.listener, null)
  member         = try(local.quota.member, null)
  pool           = try(local.quota.pool, null)
  health_monitor = try(local.quota.health_monitor, null)
  l7_policy      = try(local.quota.l7_policy, null)
  l7_rule        = try(local.quota.l7_rule, null)
}
