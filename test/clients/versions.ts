/**
 * The clients that are run, as they are published. Those of gophercloud and Kubernetes' cloud provider are in the
 * go.mod of their folders.
 */
export const TERRAFORM_PROVIDER = {
  module: 'github.com/terraform-provider-openstack/terraform-provider-openstack/v3',
  version: 'v3.4.0',
} as const;
