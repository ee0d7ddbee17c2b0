locals {
  monitor = {
    set = {
      name             = "http"
      admin_state_up   = true
      delay            = 10
      timeout          = 5
      max_retries      = 4
      max_retries_down = 2
      http_method      = "HEAD"
      http_version     = "1.1"
      domain_name      = "www.example.com"
      url_path         = "/health"
      expected_codes   = "200-204"
    }
    changed = {
      name             = "http-2"
      admin_state_up   = false
      delay            = 11
      timeout          = 6
      max_retries      = 5
      max_retries_down = 3
      http_method      = "POST"
      http_version     = "1.1"
      domain_name      = "example.com"
      url_path         = "/alive?of=all"
      expected_codes   = "200,202"
    }
    # The provider cannot send a monitor without them any more.
    plain = { delay = 11, timeout = 6, max_retries = 5, http_version = "1.1", domain_name = "example.com" }
  }[var.stage]
}

resource "openstack_lb_monitor_v2" "full" {
  region           = var.region
  tenant_id        = var.project
  pool_id          = openstack_lb_pool_v2.cookie.id
  type             = "HTTP"
  delay            = local.monitor.delay
  timeout          = local.monitor.timeout
  max_retries      = local.monitor.max_retries
  name             = try(local.monitor.name, null)
  admin_state_up   = try(local.monitor.admin_state_up, null)
  max_retries_down = try(local.monitor.max_retries_down, null)
  http_method      = try(local.monitor.http_method, null)
  http_version     = try(local.monitor.http_version, null)
  domain_name      = try(local.monitor.domain_name, null)
  url_path         = try(local.monitor.url_path, null)
  expected_codes   = try(local.monitor.expected_codes, null)
}

resource "openstack_lb_monitor_v2" "bare" {
  for_each    = { TCP = "TCP", HTTPS = "TLS-HELLO", UDP = "UDP-CONNECT", SCTP = "SCTP" }
  pool_id     = openstack_lb_pool_v2.of_listener[each.key].id
  type        = each.value
  delay       = 5
  timeout     = 3
  max_retries = 3
}

resource "openstack_lb_monitor_v2" "ping" {
  pool_id     = openstack_lb_pool_v2.proxied["PROXY"].id
  type        = "PING"
  delay       = 5
  timeout     = 3
  max_retries = 3
}

resource "openstack_lb_monitor_v2" "https" {
  pool_id      = openstack_lb_pool_v2.proxied["PROXYV2"].id
  type         = "HTTPS"
  delay        = 5
  timeout      = 3
  max_retries  = 3
  http_version = var.stage == "set" ? "1.0" : "1.1"
}
