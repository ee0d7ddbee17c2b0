locals {
  http = {
    set = {
      name                   = "http"
      description            = "plain text"
      admin_state_up         = true
      connection_limit       = 1000
      timeout_client_data    = 10000
      timeout_member_connect = 3000
      timeout_member_data    = 20000
      timeout_tcp_inspect    = 500
      allowed_cidrs          = ["10.0.0.0/8", "192.168.0.0/16"]
      insert_headers         = { "X-Forwarded-For" = "true", "X-Forwarded-Port" = "true" }
      tags                   = ["edge", "http"]
    }
    changed = {
      name                   = "http-2"
      description            = "plain text still"
      admin_state_up         = false
      connection_limit       = 2000
      timeout_client_data    = 11000
      timeout_member_connect = 3100
      timeout_member_data    = 21000
      timeout_tcp_inspect    = 0
      allowed_cidrs          = ["192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8"]
      insert_headers         = { "X-Forwarded-Proto" = "true" }
      tags                   = ["edge"]
    }
    plain = {}
  }[var.stage]

  secure = {
    set = {
      sni                     = [openstack_keymanager_secret_v1.bundle.secret_ref]
      alpn                    = ["http/1.1", "h2"]
      client_authentication   = "OPTIONAL"
      client_ca               = openstack_keymanager_secret_v1.text["authority"].secret_ref
      client_crl              = openstack_keymanager_secret_v1.text["revoked"].secret_ref
      hsts_max_age            = 31536000
      hsts_include_subdomains = true
      hsts_preload            = true
      tls_ciphers             = "ECDHE-RSA-AES256-GCM-SHA384"
      tls_versions            = ["TLSv1.2", "TLSv1.3"]
      insert_headers          = { "X-SSL-Client-Verify" = "true" }
      certificate             = openstack_keymanager_container_v1.certificate.container_ref
    }
    changed = {
      sni                     = []
      alpn                    = ["http/1.1"]
      client_authentication   = "MANDATORY"
      client_ca               = openstack_keymanager_secret_v1.text["other-authority"].secret_ref
      client_crl              = openstack_keymanager_secret_v1.text["other-revoked"].secret_ref
      hsts_max_age            = 60
      hsts_include_subdomains = false
      hsts_preload            = false
      tls_ciphers             = "ECDHE-RSA-AES128-GCM-SHA256"
      tls_versions            = ["TLSv1.3"]
      certificate             = openstack_keymanager_secret_v1.bundle.secret_ref
    }
    plain = {
      certificate = openstack_keymanager_secret_v1.bundle.secret_ref
    }
  }[var.stage]
}

resource "openstack_lb_listener_v2" "http" {
  region                 = var.region
  tenant_id              = var.project
  loadbalancer_id        = openstack_lb_loadbalancer_v2.web.id
  protocol               = "HTTP"
  protocol_port          = 80
  default_pool_id        = var.stage == "set" ? openstack_lb_pool_v2.cookie.id : openstack_lb_pool_v2.tls.id
  name                   = try(local.http.name, null)
  description            = try(local.http.description, null)
  admin_state_up         = try(local.http.admin_state_up, null)
  connection_limit       = try(local.http.connection_limit, null)
  timeout_client_data    = try(local.http.timeout_client_data, null)
  timeout_member_connect = try(local.http.timeout_member_connect, null)
  timeout_member_data    = try(local.http.timeout_member_data, null)
  timeout_tcp_inspect    = try(local.http.timeout_tcp_inspect, null)
  allowed_cidrs          = try(local.http.allowed_cidrs, null)
  insert_headers         = try(local.http.insert_headers, null)
  tags                   = try(local.http.tags, null)
}

resource "openstack_lb_listener_v2" "secure" {
  loadbalancer_id             = openstack_lb_loadbalancer_v2.web.id
  protocol                    = "TERMINATED_HTTPS"
  protocol_port               = 443
  default_tls_container_ref   = local.secure.certificate
  sni_container_refs          = try(local.secure.sni, null)
  alpn_protocols              = try(local.secure.alpn, null)
  client_authentication       = try(local.secure.client_authentication, null)
  client_ca_tls_container_ref = try(local.secure.client_ca, null)
  client_crl_container_ref    = try(local.secure.client_crl, null)
  hsts_max_age                = try(local.secure.hsts_max_age, null)
  hsts_include_subdomains     = try(local.secure.hsts_include_subdomains, null)
  hsts_preload                = try(local.secure.hsts_preload, null)
  tls_ciphers                 = try(local.secure.tls_ciphers, null)
  tls_versions                = try(local.secure.tls_versions, null)
  insert_headers              = try(local.secure.insert_headers, null)
}

# One of every other protocol, each with as little as can be said.
resource "openstack_lb_listener_v2" "bare" {
  for_each        = { TCP = 22, HTTPS = 8443, UDP = 53, SCTP = 54, PROMETHEUS = 9090 }
  loadbalancer_id = openstack_lb_loadbalancer_v2.bare.id
  protocol        = each.key
  protocol_port   = each.value
}
