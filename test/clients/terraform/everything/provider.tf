terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}

# Both read OS_CLIENT_CONFIG_FILE.
provider "openstack" {
  cloud = var.tenant
}

provider "openstack" {
  alias = "operator"
  cloud = var.operator
}
