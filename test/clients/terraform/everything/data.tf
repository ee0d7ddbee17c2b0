data "openstack_lb_flavorprofile_v2" "single" {
  provider = openstack.operator
  name     = openstack_lb_flavorprofile_v2.single.name
}

data "openstack_lb_flavor_v2" "single" {
  name = openstack_lb_flavor_v2.single.name
}

data "openstack_loadbalancer_flavor_v2" "single" {
  name = openstack_lb_flavor_v2.single.name
}

data "openstack_lb_loadbalancer_v2" "web" {
  loadbalancer_id = openstack_lb_loadbalancer_v2.web.id
  # What hangs on it is told as well.
  depends_on = [openstack_lb_listener_v2.http, openstack_lb_listener_v2.secure]
}

data "openstack_lb_loadbalancer_v2" "found" {
  vip_address  = openstack_lb_loadbalancer_v2.web.vip_address
  name         = openstack_lb_loadbalancer_v2.web.name
  description  = openstack_lb_loadbalancer_v2.web.description
  tags         = openstack_lb_loadbalancer_v2.web.tags
  tags_any     = openstack_lb_loadbalancer_v2.web.tags
  tags_not     = ["black", "white"]
  tags_not_any = ["black", "white"]
}

data "openstack_lb_listener_v2" "secure" {
  listener_id = openstack_lb_listener_v2.secure.id
}

data "openstack_lb_listener_v2" "http" {
  loadbalancer_id = openstack_lb_loadbalancer_v2.web.id
  name            = openstack_lb_listener_v2.http.name
  protocol        = openstack_lb_listener_v2.http.protocol
  protocol_port   = openstack_lb_listener_v2.http.protocol_port
  tags            = openstack_lb_listener_v2.http.tags
  depends_on      = [openstack_lb_l7policy_v2.to_pool, openstack_lb_l7policy_v2.turn, openstack_lb_l7policy_v2.prefix]
}

data "openstack_lb_pool_v2" "tls" {
  pool_id = openstack_lb_pool_v2.tls.id
}

data "openstack_lb_pool_v2" "cookie" {
  loadbalancer_id = openstack_lb_loadbalancer_v2.web.id
  name            = openstack_lb_pool_v2.cookie.name
  protocol        = openstack_lb_pool_v2.cookie.protocol
  lb_method       = openstack_lb_pool_v2.cookie.lb_method
  tags            = openstack_lb_pool_v2.cookie.tags
  depends_on      = [openstack_lb_member_v2.full, openstack_lb_member_v2.bare, openstack_lb_monitor_v2.full]
}
