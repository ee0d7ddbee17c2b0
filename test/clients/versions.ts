/**
 * The clients that are run, as they are published. Those of gophercloud and Kubernetes' cloud provider are in the
 * go.mod of their folders.
 */
export const TERRAFORM_PROVIDER = {
  module: 'github.com/terraform-provider-openstack/terraform-provider-openstack/v3',
  version: 'v3.4.0',
} as const;

/** Packages of the Python index. */
export const PYTHON = {
  'python-openstackclient': '10.5.0',
  'python-octaviaclient': '3.15.0',
  openstacksdk: '4.22.0',
  horizon: '27.0.0',
  'octavia-dashboard': '18.0.0',
} as const;
