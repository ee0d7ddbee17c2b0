terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}

variable "tenant" {
  description = "Entry of clouds.yaml"
  type        = string
}

variable "vip_subnet" { type = string }
variable "member_subnet" { type = string }

variable "members" {
  description = "Addresses"
  type        = list(string)
}

provider "openstack" {
  cloud = var.tenant
}

resource "openstack_lb_loadbalancer_v2" "site" {
  name          = "site"
  vip_subnet_id = var.vip_subnet
  tags          = ["terraform"]
}

resource "openstack_lb_listener_v2" "http" {
  name            = "http"
  loadbalancer_id = openstack_lb_loadbalancer_v2.site.id
  protocol        = "HTTP"
  protocol_port   = 80
  insert_headers  = { "X-Forwarded-For" = "true" }
}

resource "openstack_lb_pool_v2" "web" {
  name        = "web"
  listener_id = openstack_lb_listener_v2.http.id
  protocol    = "HTTP"
  lb_method   = "ROUND_ROBIN"
}

resource "openstack_lb_member_v2" "web" {
  for_each      = toset(var.members)
  pool_id       = openstack_lb_pool_v2.web.id
  subnet_id     = var.member_subnet
  address       = each.value
  protocol_port = 80
}

resource "openstack_lb_monitor_v2" "web" {
  pool_id     = openstack_lb_pool_v2.web.id
  type        = "HTTP"
  url_path    = "/health"
  delay       = 5
  timeout     = 3
  max_retries = 3
}

resource "openstack_lb_l7policy_v2" "elsewhere" {
  listener_id  = openstack_lb_listener_v2.http.id
  action       = "REDIRECT_TO_URL"
  redirect_url = "https://www.example.com/"
}

resource "openstack_lb_l7rule_v2" "elsewhere" {
  l7policy_id  = openstack_lb_l7policy_v2.elsewhere.id
  type         = "PATH"
  compare_type = "STARTS_WITH"
  value        = "/elsewhere"
}
