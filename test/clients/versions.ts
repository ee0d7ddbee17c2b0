/** The clients that are run, as they are published. gophercloud's is in gophercloud/go.mod. */
export const TERRAFORM_PROVIDER = {
  module: 'github.com/terraform-provider-openstack/terraform-provider-openstack/v3',
  version: 'v3.4.0',
} as const;
