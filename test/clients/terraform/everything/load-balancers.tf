locals {
  web = {
    set     = { name = "web", description = "what the world sees", admin_state_up = true, tags = ["blue", "green"] }
    changed = { name = "web-2", description = "what it sees now", admin_state_up = false, tags = ["red"] }
    plain   = {}
  }[var.stage]
}

resource "openstack_networking_secgroup_v2" "vip" {
  for_each = toset(["first", "second"])
  name     = "vip-${each.key}"
}

resource "openstack_lb_loadbalancer_v2" "web" {
  region                = var.region
  tenant_id             = var.project
  name                  = try(local.web.name, null)
  description           = try(local.web.description, null)
  admin_state_up        = try(local.web.admin_state_up, null)
  vip_network_id        = var.vip_network
  vip_subnet_id         = var.vip_subnet
  vip_address           = var.vip_address
  vip_qos_policy_id     = var.qos_policy
  flavor_id             = openstack_lb_flavor_v2.single.id
  availability_zone     = var.zone
  loadbalancer_provider = "amphora"
  tags                  = try(local.web.tags, null)
  security_group_ids    = [openstack_networking_secgroup_v2.vip[var.stage == "changed" ? "second" : "first"].id]

  timeouts {
    create = "2m"
    update = "2m"
    delete = "2m"
  }
}

# Of the tenant's own port.
resource "openstack_networking_port_v2" "own" {
  name       = "own-vip"
  network_id = var.vip_network
  fixed_ip {
    subnet_id = var.vip_subnet
  }
}

resource "openstack_lb_loadbalancer_v2" "own_port" {
  vip_port_id = openstack_networking_port_v2.own.id
}

# As little as can be said.
resource "openstack_lb_loadbalancer_v2" "bare" {
  vip_subnet_id = var.vip_subnet
}
