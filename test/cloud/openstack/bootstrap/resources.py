"""Image, flavor, networks, security groups and keypair, owned by the service project."""
import os
import subprocess

from cloud import URL, connect

# name: (cidr, shared, first address of the allocation pool)
NETWORKS = {
    'lb-mgmt-net': ('192.168.90.0/24', False, 10),
    'vip-net': ('10.90.1.0/24', True, 50),
    'member-net': ('10.90.2.0/24', True, 100),
}
# The second family of vip-net: a subnet of its own, named by its id wherever it is wanted.
VIP_IPV6_PREFIX = 'fd00:90:1::'
GROUPS = {
    'lb-mgmt-sec-grp': [('icmp', None), ('tcp', 22), ('tcp', 9443)],
    'lb-health-mgr-sec-grp': [('udp', 5555)],
}


def image(cloud):
    found = next(iter(cloud.image.images(tag='amphora')), None) or cloud.image.find_image('amphora-haproxy')
    if found is None:
        # Never booted as a disk: the compute driver makes a namespace.
        cloud.create_image('amphora-haproxy', data=b'netns amphora\n' * 64, disk_format='raw', container_format='bare',
                           wait=True, allow_duplicates=True, min_disk=0, min_ram=0)
        found = cloud.image.find_image('amphora-haproxy')
    if 'amphora' not in (found.tags or []):
        cloud.image.add_tag(found.id, 'amphora')
    return found


def network(cloud, name):
    """-> (network, subnet)"""
    cidr, shared, first = NETWORKS[name]
    prefix, subnet_name = cidr.rsplit('.', 1)[0], name.replace('-net', '-subnet')
    net = (cloud.network.find_network(name, project_id=cloud.current_project_id)
           or cloud.network.create_network(name=name, shared=shared))
    subnet = cloud.network.find_subnet(subnet_name) or cloud.network.create_subnet(
        network_id=net.id, name=subnet_name, cidr=cidr, ip_version=4, enable_dhcp=False,
        gateway_ip=prefix + '.1' if shared else None,
        allocation_pools=[{'start': '%s.%d' % (prefix, first), 'end': prefix + '.250'}])
    return net, subnet


def ipv6_subnet(cloud, net):
    return cloud.network.find_subnet('vip-subnet-ipv6') or cloud.network.create_subnet(
        network_id=net, name='vip-subnet-ipv6', cidr=VIP_IPV6_PREFIX + '/64', ip_version=6, enable_dhcp=False,
        gateway_ip=VIP_IPV6_PREFIX + '1',
        allocation_pools=[{'start': VIP_IPV6_PREFIX + '50', 'end': VIP_IPV6_PREFIX + '250'}])


def qos_policy(cloud):
    policies = {policy.name: policy for policy in cloud.network.qos_policies()}
    return policies.get('bronze') or cloud.network.create_qos_policy(name='bronze', shared=True)


def security_group(cloud, name):
    group = cloud.network.find_security_group(name, project_id=cloud.current_project_id)
    if group is None:
        group = cloud.network.create_security_group(name=name)
        for protocol, port in GROUPS[name]:
            cloud.network.create_security_group_rule(
                security_group_id=group.id, direction='ingress', ether_type='IPv4', protocol=protocol,
                port_range_min=port, port_range_max=port)
    return group


def keypair(cloud, path):
    if cloud.compute.find_keypair('octavia_ssh_key'):
        return
    if not os.path.exists(path):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path], check=True)
    with open(path + '.pub') as f:
        cloud.compute.create_keypair(name='octavia_ssh_key', public_key=f.read())


def find_or_create(secret, state):
    """Makes what is missing and writes every id to STATE/networks.env."""
    cloud = connect('octavia', 'service', secret)
    amphora = image(cloud)
    flavor = cloud.compute.find_flavor('m1.amphora') or cloud.compute.create_flavor(
        name='m1.amphora', ram=1024, vcpus=1, disk=2, id='amphora')
    ids = {'AUTH_URL': URL, 'MGMT_CONTROLLER_IP': '192.168.90.2', 'AMP_IMAGE_ID': amphora.id,
           'AMP_IMAGE_OWNER': cloud.current_project_id, 'AMP_FLAVOR_ID': flavor.id,
           'SERVICE_PROJECT_ID': cloud.current_project_id,
           'LB_MGMT_SEC_GRP': security_group(cloud, 'lb-mgmt-sec-grp').id,
           'LB_HEALTH_SEC_GRP': security_group(cloud, 'lb-health-mgr-sec-grp').id}
    for name in NETWORKS:
        key = name.upper().replace('-', '_')
        net, subnet = network(cloud, name)
        ids[key], ids[key.replace('_NET', '_SUBNET')] = net.id, subnet.id
    ids['VIP_SUBNET_IPV6'] = ipv6_subnet(cloud, ids['VIP_NET']).id
    ids['QOS_POLICY'] = qos_policy(cloud).id
    keypair(cloud, state + '/octavia_ssh_key')
    for project in connect('admin', 'admin', secret).identity.projects():
        if project.name in ('admin', 'project-a', 'project-b'):
            ids[project.name.upper().replace('-', '_') + '_ID'] = project.id
    with open(state + '/networks.env.new', 'w') as f:
        f.writelines('%s=%s\n' % item for item in sorted(ids.items()))
    os.replace(state + '/networks.env.new', state + '/networks.env')
