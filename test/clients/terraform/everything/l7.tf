locals {
  to_pool = {
    set     = { name = "to-pool", description = "the other pool", admin_state_up = true, position = 1 }
    changed = { name = "to-pool-2", description = "the first pool", admin_state_up = false, position = 2 }
    plain   = {}
  }[var.stage]

  turn = {
    set     = { action = "REDIRECT_TO_URL", redirect_url = "https://www.example.com/turned" }
    changed = { action = "REJECT" }
    plain   = { action = "REDIRECT_TO_URL", redirect_url = "https://example.com/" }
  }[var.stage]

  prefix = {
    set     = { redirect_prefix = "https://www.example.com", redirect_http_code = 307 }
    changed = { redirect_prefix = "https://example.com/there", redirect_http_code = 308 }
    plain   = { redirect_prefix = "https://example.com" }
  }[var.stage]

  rule = {
    set     = { type = "HEADER", compare_type = "EQUAL_TO", key = "X-Kind", value = "one", invert = true, admin_state_up = true }
    changed = { type = "COOKIE", compare_type = "REGEX", key = "kind", value = "t[wh].*", invert = false, admin_state_up = false }
    plain   = { type = "PATH", compare_type = "STARTS_WITH", value = "/one" }
  }[var.stage]
}

resource "openstack_lb_l7policy_v2" "to_pool" {
  region           = var.region
  tenant_id        = var.project
  listener_id      = openstack_lb_listener_v2.http.id
  action           = "REDIRECT_TO_POOL"
  redirect_pool_id = var.stage == "set" ? openstack_lb_pool_v2.tls.id : openstack_lb_pool_v2.cookie.id
  name             = try(local.to_pool.name, null)
  description      = try(local.to_pool.description, null)
  admin_state_up   = try(local.to_pool.admin_state_up, null)
  position         = try(local.to_pool.position, null)
}

resource "openstack_lb_l7policy_v2" "turn" {
  listener_id  = openstack_lb_listener_v2.http.id
  action       = local.turn.action
  redirect_url = try(local.turn.redirect_url, null)
}

resource "openstack_lb_l7policy_v2" "prefix" {
  listener_id        = openstack_lb_listener_v2.http.id
  action             = "REDIRECT_PREFIX"
  redirect_prefix    = local.prefix.redirect_prefix
  redirect_http_code = try(local.prefix.redirect_http_code, null)
}

resource "openstack_lb_l7policy_v2" "certified" {
  listener_id = openstack_lb_listener_v2.secure.id
  action      = "REJECT"
}

resource "openstack_lb_l7rule_v2" "full" {
  region         = var.region
  tenant_id      = var.project
  l7policy_id    = openstack_lb_l7policy_v2.to_pool.id
  type           = local.rule.type
  compare_type   = local.rule.compare_type
  value          = local.rule.value
  key            = try(local.rule.key, null)
  invert         = try(local.rule.invert, null)
  admin_state_up = try(local.rule.admin_state_up, null)
}

resource "openstack_lb_l7rule_v2" "bare" {
  for_each = {
    HOST_NAME = ["ENDS_WITH", ".example.com"]
    PATH      = ["STARTS_WITH", "/api"]
    FILE_TYPE = ["EQUAL_TO", "jpg"]
  }
  l7policy_id  = openstack_lb_l7policy_v2.turn.id
  type         = each.key
  compare_type = each.value[0]
  value        = each.value[1]
}

# SSL_DN_FIELD needs a key, which the provider refuses by itself.
resource "openstack_lb_l7rule_v2" "certified" {
  for_each     = { SSL_CONN_HAS_CERT = "True", SSL_VERIFY_RESULT = "0" }
  l7policy_id  = openstack_lb_l7policy_v2.certified.id
  type         = each.key
  compare_type = "EQUAL_TO"
  value        = each.value
}
