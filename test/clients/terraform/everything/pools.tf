locals {
  cookie = {
    set = {
      name           = "cookie"
      description    = "keeps to a member"
      admin_state_up = true
      lb_method      = "ROUND_ROBIN"
      persistence    = [{ type = "APP_COOKIE", cookie_name = "session" }]
      tags           = ["a", "b"]
    }
    changed = {
      name           = "cookie-2"
      description    = "keeps to it still"
      admin_state_up = false
      lb_method      = "LEAST_CONNECTIONS"
      persistence    = [{ type = "HTTP_COOKIE", cookie_name = null }]
      tags           = ["c"]
    }
    plain = { lb_method = "SOURCE_IP", persistence = [] }
  }[var.stage]

  tls = {
    set = {
      tls_enabled  = true
      alpn         = ["http/1.1"]
      authority    = openstack_keymanager_secret_v1.text["authority"].secret_ref
      revoked      = openstack_keymanager_secret_v1.text["revoked"].secret_ref
      certificate  = openstack_keymanager_container_v1.certificate.container_ref
      tls_ciphers  = "ECDHE-RSA-AES256-GCM-SHA384"
      tls_versions = ["TLSv1.2", "TLSv1.3"]
    }
    changed = {
      tls_enabled  = true
      alpn         = ["http/1.1", "h2"]
      authority    = openstack_keymanager_secret_v1.text["other-authority"].secret_ref
      revoked      = openstack_keymanager_secret_v1.text["other-revoked"].secret_ref
      certificate  = openstack_keymanager_secret_v1.bundle.secret_ref
      tls_ciphers  = "ECDHE-RSA-AES128-GCM-SHA256"
      tls_versions = ["TLSv1.3"]
    }
    plain = {}
  }[var.stage]
}

resource "openstack_lb_pool_v2" "cookie" {
  region          = var.region
  tenant_id       = var.project
  loadbalancer_id = openstack_lb_loadbalancer_v2.web.id
  protocol        = "HTTP"
  lb_method       = local.cookie.lb_method
  name            = try(local.cookie.name, null)
  description     = try(local.cookie.description, null)
  admin_state_up  = try(local.cookie.admin_state_up, null)
  tags            = try(local.cookie.tags, null)

  dynamic "persistence" {
    for_each = local.cookie.persistence
    content {
      type        = persistence.value.type
      cookie_name = persistence.value.cookie_name
    }
  }
}

resource "openstack_lb_pool_v2" "tls" {
  loadbalancer_id      = openstack_lb_loadbalancer_v2.web.id
  protocol             = "HTTP"
  lb_method            = "ROUND_ROBIN"
  tls_enabled          = try(local.tls.tls_enabled, null)
  alpn_protocols       = try(local.tls.alpn, null)
  ca_tls_container_ref = try(local.tls.authority, null)
  crl_container_ref    = try(local.tls.revoked, null)
  tls_container_ref    = try(local.tls.certificate, null)
  tls_ciphers          = try(local.tls.tls_ciphers, null)
  tls_versions         = try(local.tls.tls_versions, null)
}

# The default pools of the other listeners.
resource "openstack_lb_pool_v2" "of_listener" {
  for_each    = { TCP = "TCP", HTTPS = "HTTPS", UDP = "UDP", SCTP = "SCTP" }
  listener_id = openstack_lb_listener_v2.bare[each.key].id
  protocol    = each.value
  lb_method   = "SOURCE_IP"

  persistence {
    type = "SOURCE_IP"
  }
}

resource "openstack_lb_pool_v2" "proxied" {
  for_each        = toset(["PROXY", "PROXYV2"])
  loadbalancer_id = openstack_lb_loadbalancer_v2.bare.id
  protocol        = each.key
  lb_method       = "ROUND_ROBIN"
  tls_enabled     = var.stage == "changed"
}
