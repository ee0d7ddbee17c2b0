locals {
  member = {
    set = {
      name            = "first"
      admin_state_up  = true
      weight          = 5
      backup          = true
      monitor_address = "127.0.0.9"
      monitor_port    = 9000
      tags            = ["a"]
    }
    changed = {
      name            = "first-2"
      admin_state_up  = false
      weight          = 0
      backup          = false
      monitor_address = "127.0.0.10"
      monitor_port    = 9001
      tags            = ["b", "c"]
    }
    # The provider would send an empty address and port 0, which nobody takes, and leave out that there are no tags.
    plain = { monitor_address = "127.0.0.10", monitor_port = 9001, tags = ["b", "c"] }
  }[var.stage]

  batch = {
    set = [
      { address = "10.9.0.1", name = "a", weight = 2, backup = true, admin_state_up = true, monitor_port = 9000, monitor_address = "10.9.0.9", subnet_id = var.member_subnet },
      { address = "10.9.0.2", name = "b" },
      { address = "10.9.0.3" },
    ]
    changed = [
      { address = "10.9.0.1", name = "a2", weight = 0, backup = false, admin_state_up = false, monitor_port = 9001, monitor_address = "10.9.0.8", subnet_id = var.member_subnet },
      { address = "10.9.0.3", name = "c" },
      { address = "10.9.0.4" },
    ]
    plain = [
      { address = "10.9.0.4" },
    ]
  }[var.stage]
}

resource "openstack_lb_member_v2" "full" {
  region          = var.region
  tenant_id       = var.project
  pool_id         = openstack_lb_pool_v2.cookie.id
  address         = "10.9.0.1"
  protocol_port   = 8080
  subnet_id       = var.member_subnet
  name            = try(local.member.name, null)
  admin_state_up  = try(local.member.admin_state_up, null)
  weight          = try(local.member.weight, null)
  backup          = try(local.member.backup, null)
  monitor_address = try(local.member.monitor_address, null)
  monitor_port    = try(local.member.monitor_port, null)
  tags            = try(local.member.tags, null)
}

# Many at once, as Terraform makes them.
resource "openstack_lb_member_v2" "bare" {
  count         = 6
  pool_id       = openstack_lb_pool_v2.cookie.id
  address       = "10.9.1.${count.index + 1}"
  protocol_port = 8080
}

resource "openstack_lb_members_v2" "batch" {
  region  = var.region
  pool_id = openstack_lb_pool_v2.of_listener["TCP"].id

  dynamic "member" {
    for_each = local.batch
    content {
      address         = member.value.address
      protocol_port   = 22
      name            = try(member.value.name, null)
      weight          = try(member.value.weight, null)
      backup          = try(member.value.backup, null)
      admin_state_up  = try(member.value.admin_state_up, null)
      monitor_port    = try(member.value.monitor_port, null)
      monitor_address = try(member.value.monitor_address, null)
      subnet_id       = try(member.value.subnet_id, null)
    }
  }
}
