"""Projects, users, roles and the catalog; the files users sign in with."""
import os

import yaml

from cloud import URL, connect

# user: (service type, endpoint)
SERVICES = {
    'placement': ('placement', 'http://127.0.0.1:8778'),
    'glance': ('image', 'http://127.0.0.1:9292'),
    'nova': ('compute', 'http://127.0.0.1:8774/v2.1'),
    'neutron': ('network', 'http://127.0.0.1:9696'),
    'barbican': ('key-manager', 'http://127.0.0.1:9311'),
    'octavia': ('load-balancer', os.environ.get('CLOUD_LB_URL', 'http://127.0.0.1:9876')),
}
TENANT = ('member', 'reader', 'creator', 'load-balancer_member')
# user: (project, roles)
USERS = {
    'admin': ('admin', ('load-balancer_admin', 'creator')),
    **{name: ('service', ('admin',)) for name in SERVICES},
    'octavia': ('service', ('admin', 'creator')),
    'alice': ('project-a', TENANT),
    'bob': ('project-b', TENANT),
    'observer': ('project-a', ('reader', 'load-balancer_observer')),
    'global-observer': ('project-a', ('reader', 'load-balancer_global_observer')),
    'quota-admin': ('project-a', ('reader', 'load-balancer_quota_admin')),
    'lb-admin': ('project-a', ('reader', 'load-balancer_admin')),
    'nobody': ('project-a', ('member',)),  # a member without any load-balancer role
}
SIGN_IN = ('admin', 'octavia', 'alice', 'bob', 'observer', 'global-observer', 'quota-admin', 'lb-admin', 'nobody')


def by_name(found):
    return {thing.name: thing for thing in found}


def find_or_create(secret, state):
    identity = connect('admin', 'admin', secret).identity
    # One list of each kind instead of one request for each name.
    projects, users = by_name(identity.projects()), by_name(identity.users())
    roles, services = by_name(identity.roles()), {s.type: s for s in identity.services()}
    granted = {(a.scope['project']['id'], a.user['id'], a.role['id'])
               for a in identity.role_assignments() if 'project' in (a.scope or {}) and a.user}
    endpoints = {(e.service_id, e.interface) for e in identity.endpoints()}

    def role(name):
        return roles.get(name) or roles.setdefault(name, identity.create_role(name=name))

    for user, (project, names) in USERS.items():
        if project not in projects:
            projects[project] = identity.create_project(name=project, domain_id='default')
        if user not in users:
            users[user] = identity.create_user(name=user, password=secret, domain_id='default')
        for name in names:
            if (projects[project].id, users[user].id, role(name).id) not in granted:
                identity.assign_project_role_to_user(projects[project], users[user], role(name))
    for name, (kind, url) in SERVICES.items():
        service = services.get(kind) or identity.create_service(name=name, type=kind)
        for interface in ('public', 'internal', 'admin'):
            if (service.id, interface) not in endpoints:
                identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')
    write_sign_in(secret, state)


def write_sign_in(secret, state):
    clouds = {}
    for user in SIGN_IN:
        auth = {'auth_url': URL, 'username': user, 'password': secret, 'project_name': USERS[user][0],
                'user_domain_name': 'Default', 'project_domain_name': 'Default'}
        clouds[user] = {'auth': auth, 'region_name': 'RegionOne', 'identity_api_version': 3}
        variables = {**auth, 'region_name': 'RegionOne', 'identity_api_version': '3'}
        with open('%s/openrc%s' % (state, '' if user == 'admin' else '-' + user), 'w') as f:
            f.writelines('export OS_%s=%s\n' % (k.upper(), v) for k, v in variables.items())
            f.write('unset OS_CLOUD\n')
    with open(state + '/clouds.yaml', 'w') as f:
        yaml.safe_dump({'clouds': clouds}, f)


def move_endpoint(secret, kind, url):
    """Points the catalog's entries of one service type to another URL."""
    identity = connect('admin', 'admin', secret).identity
    service = next(s for s in identity.services() if s.type == kind)
    for endpoint in identity.endpoints(service_id=service.id):
        print(endpoint.interface, endpoint.url, '->', url)
        identity.update_endpoint(endpoint, url=url)
