"""Calls Horizon's dashboard for load balancers as its pages do: its own REST functions, within Django, signed in as a user.

Each `test_...` is one fact, in this order. They are told as `go test -json` does; `--list` names them.
"""
import json
import os
import sys
import time
import traceback
import warnings

warnings.simplefilter('ignore')
os.environ['DJANGO_SETTINGS_MODULE'] = 'openstack_dashboard.test.settings'

TESTS = []
LIMIT_S = 60
# Pages and the dashboard's threads ask this often.
INTERVAL_S = 0.2


def test(function):
    TESTS.append(function)
    return function


class Dashboard:
    """What a browser has: the dashboard's addresses, as one user in one project."""

    def __init__(self, facts, name, project):
        from django.test import RequestFactory
        from django.urls import URLResolver
        from django.urls.resolvers import RegexPattern
        from keystoneauth1 import session
        from keystoneauth1.identity import v3
        from octavia_dashboard.api.rest import lbaasv2  # noqa: F401, registers its addresses
        from openstack_auth import user
        from openstack_dashboard.api.rest import urls

        url = facts['auth_url']
        plain = v3.Password(url, username=name, password=facts['password'], user_domain_name='Default', unscoped=True)
        unscoped = session.Session().get_token(plain)
        scoped = v3.Token(url, unscoped, project_name=project, project_domain_name='Default')
        access = scoped.get_access(session.Session())
        token = user.Token(access, unscoped_token=unscoped)
        self.requests = RequestFactory()
        anonymous = self.requests.get('/')
        anonymous.session = {}
        self.user = user.create_user_from_token(anonymous, token, url, facts['region'])
        self.resolver = URLResolver(RegexPattern(r'^/'), urls.urlpatterns)

    def call(self, method, path, data=None, **query):
        """The answer of a page's request; fails when the page would show an error."""
        send = getattr(self.requests, method.lower())
        sent = {} if data is None else {'data': json.dumps(data), 'content_type': 'application/json'}
        request = send(f'/{path}', **(sent or {'data': query} if method == 'GET' else sent), HTTP_X_REQUESTED_WITH='XMLHttpRequest')
        request.user = self.user
        request.session = {}
        function, arguments, named = self.resolver.resolve(f'/{path}')
        answer = function(request, *arguments, **named)
        text = answer.content.decode()
        assert answer.status_code < 300, f'{method} {path}: {answer.status_code} {text}'
        return json.loads(text) if text else None

    def items(self, path, **query):
        return self.call('GET', path, **query)['items']


class Scene:
    tenant = None
    operator = None
    facts = {}
    load_balancer = None
    listener = None
    pool = None


def eventually(what, ask):
    """Asks until the answer is true, as a page does that shows a status."""
    end = time.time() + LIMIT_S
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.time() < end, f'{what}: not within {LIMIT_S} s'
        time.sleep(INTERVAL_S)


def settled():
    def active():
        found = Scene.tenant.call('GET', f'lbaas/loadbalancers/{Scene.load_balancer}/')
        assert found['provisioning_status'] != 'ERROR', found
        return found if found['provisioning_status'] == 'ACTIVE' else None

    return eventually('ACTIVE', active)


def equal(got, want):
    assert got == want, f'{got!r}, want {want!r}'


def listeners():
    return Scene.tenant.items('lbaas/listeners/', loadbalancerId=Scene.load_balancer)


def members():
    return sorted(Scene.tenant.items(f'lbaas/pools/{Scene.pool}/members/'), key=lambda member: member['address'])


@test
def test_the_wizard_makes_a_load_balancer_with_all_its_parts(s=Scene):
    made = s.tenant.call('POST', 'lbaas/loadbalancers/', {
        'loadbalancer': {'name': 'web', 'description': 'by the wizard', 'vip_subnet_id': s.facts['vip_subnet'], 'admin_state_up': True,
                         'flavor_id': s.facts['flavor'], 'availability_zone': s.facts['zone'], 'provider': 'amphora'},
        'listener': {'name': 'http', 'protocol': 'HTTP', 'protocol_port': 80, 'connection_limit': -1, 'admin_state_up': True,
                     'insert_headers': {'X-Forwarded-For': 'true'}, 'timeout_client_data': 50000, 'timeout_member_connect': 5000,
                     'timeout_member_data': 50000, 'timeout_tcp_inspect': 0, 'allowed_cidrs': None, 'tls_ciphers': ''},
        'pool': {'name': 'pool', 'protocol': 'HTTP', 'lb_algorithm': 'ROUND_ROBIN', 'admin_state_up': True,
                 'session_persistence': {'type': 'HTTP_COOKIE'}, 'tls_enabled': False, 'tls_ciphers': ''},
        'members': [
            {'id': 'a', 'address': '10.9.0.1', 'protocol_port': 80, 'subnet_id': s.facts['member_subnet'], 'weight': 1,
             'monitor_address': '', 'monitor_port': None, 'admin_state_up': True, 'backup': False, 'name': 'm1'},
            {'id': 'b', 'address': '10.9.0.2', 'protocol_port': 80, 'subnet_id': s.facts['member_subnet'], 'weight': 1,
             'monitor_address': None, 'monitor_port': None, 'admin_state_up': True, 'backup': True, 'name': 'm2'},
        ],
        'monitor': {'type': 'HTTP', 'delay': 5, 'timeout': 5, 'max_retries': 3, 'max_retries_down': 3, 'http_method': 'GET',
                    'url_path': '/', 'expected_codes': '200', 'admin_state_up': True, 'name': 'monitor'},
    })
    s.load_balancer = made['id']
    equal(made['provisioning_status'], 'PENDING_CREATE')
    # The wizard's threads wait for ACTIVE after each part.
    s.listener = eventually('the listener', listeners)[0]['id']
    s.pool = eventually('the pool', lambda: s.tenant.items('lbaas/pools/', listenerId=s.listener))[0]['id']
    eventually('two members', lambda: len(members()) == 2)
    eventually('the monitor', lambda: s.tenant.items('lbaas/healthmonitors/', poolId=s.pool))
    found = settled()
    equal([found['name'], found['flavor_id'], found['availability_zone']], ['web', s.facts['flavor'], s.facts['zone']])


@test
def test_the_list_shows_it_with_its_address(s=Scene):
    found = s.tenant.items('lbaas/loadbalancers/', full='true')
    equal([item['name'] for item in found], ['web'])
    equal(found[0]['admin_state_up'], True)
    assert found[0]['vip_address'], found


@test
def test_a_listener_is_shown_with_what_hangs_on_it(s=Scene):
    found = s.tenant.call('GET', f'lbaas/listeners/{s.listener}/', includeChildResources='true')
    equal(found['listener']['insert_headers'], {'X-Forwarded-For': 'true'})
    equal(found['pool']['session_persistence']['type'], 'HTTP_COOKIE')
    equal(sorted(member['name'] for member in found['members']), ['m1', 'm2'])
    equal(found['monitor']['name'], 'monitor')


@test
def test_a_pool_is_shown_with_what_hangs_on_it(s=Scene):
    found = s.tenant.call('GET', f'lbaas/pools/{s.pool}/', includeChildResources='true')
    equal(sorted(member['backup'] for member in found['members']), [False, True])
    equal(found['monitor']['expected_codes'], '200')


@test
def test_a_load_balancer_is_edited(s=Scene):
    s.tenant.call('PUT', f'lbaas/loadbalancers/{s.load_balancer}/', {
        'loadbalancer': {'name': 'web-2', 'description': 'edited', 'admin_state_up': True}})
    equal([settled()[key] for key in ('name', 'description')], ['web-2', 'edited'])


@test
def test_a_listener_is_edited_with_its_pool_members_and_monitor(s=Scene):
    monitor = s.tenant.items('lbaas/healthmonitors/', poolId=s.pool)[0]['id']
    kept, removed = members()
    s.tenant.call('PUT', f'lbaas/listeners/{s.listener}/', {
        'loadbalancer_id': s.load_balancer,
        'listener': {'id': s.listener, 'name': 'http-2', 'description': None, 'connection_limit': 100, 'admin_state_up': True,
                     'default_pool_id': s.pool, 'insert_headers': None, 'timeout_client_data': 60000, 'timeout_member_connect': None,
                     'timeout_member_data': None, 'timeout_tcp_inspect': None, 'allowed_cidrs': ['10.0.0.0/8'], 'tls_ciphers': ''},
        'pool': {'id': s.pool, 'lb_algorithm': 'LEAST_CONNECTIONS', 'session_persistence': None, 'name': 'pool-2', 'description': None,
                 'admin_state_up': True, 'tls_enabled': False, 'tls_ciphers': ''},
        'members': [{'id': kept['id']}, {'id': 'new', 'address': '10.9.0.3', 'protocol_port': 80, 'subnet_id': s.facts['member_subnet']}],
        'monitor': {'id': monitor, 'type': 'HTTP', 'delay': 6, 'timeout': 4, 'max_retries': 2, 'max_retries_down': 2, 'http_method': 'HEAD',
                    'url_path': '/health', 'expected_codes': '204', 'admin_state_up': True, 'name': 'monitor-2'},
    })
    eventually('other members', lambda: [member['address'] for member in members()] == ['10.9.0.1', '10.9.0.3'])
    eventually('the other monitor', lambda: s.tenant.call('GET', f'lbaas/healthmonitors/{monitor}/')['name'] == 'monitor-2')
    settled()
    found = s.tenant.call('GET', f'lbaas/listeners/{s.listener}/')
    equal([found['name'], found['connection_limit'], found['timeout_client_data'], found['timeout_member_connect']], ['http-2', 100, 60000, 5000])
    equal([found['allowed_cidrs'], found['insert_headers']], [['10.0.0.0/8'], {}])
    pool = s.tenant.call('GET', f'lbaas/pools/{s.pool}/')
    equal([pool['lb_algorithm'], pool['session_persistence']], ['LEAST_CONNECTIONS', None])


@test
def test_members_are_edited_one_by_one_and_as_a_list(s=Scene):
    first = members()[0]['id']
    s.tenant.call('PUT', f'lbaas/pools/{s.pool}/members/{first}/', {
        'weight': 5, 'monitor_address': '10.9.0.9', 'monitor_port': 8080, 'admin_state_up': True, 'backup': False, 'name': 'first'})
    settled()
    equal(s.tenant.call('GET', f'lbaas/pools/{s.pool}/members/{first}/')['weight'], 5)
    s.tenant.call('PUT', f'lbaas/pools/{s.pool}/members/', {
        'loadbalancer_id': s.load_balancer,
        'members': [{'id': first}, {'id': 'new', 'address': '10.9.0.4', 'protocol_port': 80, 'subnet_id': s.facts['member_subnet']}]})
    eventually('other members', lambda: [member['address'] for member in members()] == ['10.9.0.1', '10.9.0.4'])
    settled()
    s.tenant.call('DELETE', f'lbaas/pools/{s.pool}/members/{first}/')
    eventually('one member', lambda: len(members()) == 1)
    settled()


@test
def test_an_l7_policy_and_a_rule_are_made_edited_and_deleted(s=Scene):
    policy = s.tenant.call('POST', 'lbaas/l7policies/', {
        'parentResourceId': s.listener,
        'l7policy': {'action': 'REDIRECT_TO_URL', 'redirect_url': 'http://www.example.com', 'name': 'policy', 'position': 1, 'admin_state_up': True}})['id']
    settled()
    rule = s.tenant.call('POST', f'lbaas/l7policies/{policy}/l7rules/', {
        'l7rule': {'type': 'HEADER', 'compare_type': 'EQUAL_TO', 'key': 'X-Kind', 'rule_value': 'one', 'invert': False, 'admin_state_up': True}})['id']
    settled()
    s.tenant.call('PUT', f'lbaas/l7policies/{policy}/l7rules/{rule}/', {
        'l7rule': {'id': rule, 'type': 'PATH', 'compare_type': 'STARTS_WITH', 'key': None, 'rule_value': '/x', 'invert': True, 'admin_state_up': True}})
    settled()
    s.tenant.call('PUT', f'lbaas/l7policies/{policy}/', {
        'l7policy': {'id': policy, 'action': 'REJECT', 'name': 'policy-2', 'position': 1, 'admin_state_up': True}})
    settled()
    found = s.tenant.call('GET', f'lbaas/l7policies/{policy}/', includeChildResources='true')['l7policy']
    equal([found['name'], found['action']], ['policy-2', 'REJECT'])
    equal([(one['type'], one['rule_value'], one['invert']) for one in found['rules']], [('PATH', '/x', True)])
    equal(len(s.tenant.items('lbaas/l7policies/', listenerId=s.listener)), 1)
    s.tenant.call('DELETE', f'lbaas/l7policies/{policy}/l7rules/{rule}/')
    settled()
    equal(s.tenant.items(f'lbaas/l7policies/{policy}/l7rules/'), [])
    s.tenant.call('DELETE', f'lbaas/l7policies/{policy}/')
    settled()
    equal(s.tenant.items('lbaas/l7policies/', listenerId=s.listener), [])


@test
def test_flavors_zones_and_providers_can_be_chosen(s=Scene):
    equal([item['name'] for item in s.tenant.items('lbaas/availabilityzones/')], [s.facts['zone']])
    equal([item['id'] for item in s.tenant.items('lbaas/flavors/')], [s.facts['flavor']])
    equal(sorted(item['name'] for item in s.tenant.items('lbaas/providers/')), ['amphora', 'octavia'])


@test
def test_an_operator_edits_flavors_and_their_profiles(s=Scene):
    profile = s.operator.items('lbaas/flavorprofiles/')[0]
    flavor = s.operator.call('POST', 'lbaas/flavors/', {'flavor': {'name': 'gold', 'flavor_profile_id': profile['id'], 'enabled': True}})['id']
    s.operator.call('PUT', f'lbaas/flavors/{flavor}/', {'flavor': {'id': flavor, 'name': 'golden', 'description': 'edited', 'enabled': False}})
    found = s.operator.call('GET', f'lbaas/flavors/{flavor}/')
    equal([found['name'], found['description'], found['is_enabled']], ['golden', 'edited', False])
    s.operator.call('DELETE', f'lbaas/flavors/{flavor}/')
    equal(len(s.operator.items('lbaas/flavors/')), 1)
    equal(s.operator.call('GET', f'lbaas/flavorprofiles/{profile["id"]}/')['name'], profile['name'])


@test
def test_parts_are_deleted(s=Scene):
    monitor = s.tenant.items('lbaas/healthmonitors/', poolId=s.pool)[0]['id']
    for path in (f'lbaas/healthmonitors/{monitor}/', f'lbaas/pools/{s.pool}/', f'lbaas/listeners/{s.listener}/'):
        s.tenant.call('DELETE', path)
        settled()
    equal([listeners(), s.tenant.items('lbaas/pools/', loadbalancerId=s.load_balancer)], [[], []])


@test
def test_a_load_balancer_is_deleted(s=Scene):
    s.tenant.call('DELETE', f'lbaas/loadbalancers/{s.load_balancer}/')
    eventually('no load balancer', lambda: s.tenant.items('lbaas/loadbalancers/') == [])


def tell(**event):
    print(json.dumps(event), flush=True)


def main():
    if '--list' in sys.argv:
        print('\n'.join(function.__name__ for function in TESTS))
        return 0
    import django
    django.setup()
    from horizon import conf
    conf.HORIZON_CONFIG['ajax_poll_interval'] = INTERVAL_S * 1000
    Scene.facts = json.loads(os.environ['CLIENTS_FACTS'])
    Scene.tenant = Dashboard(Scene.facts, 'alice', 'project-a')
    Scene.operator = Dashboard(Scene.facts, 'admin', 'admin')
    failed = 0
    for function in TESTS:
        try:
            function()
            tell(Action='pass', Test=function.__name__)
        except Exception:
            failed += 1
            tell(Action='output', Test=function.__name__, Output=traceback.format_exc())
            tell(Action='fail', Test=function.__name__)
    return 1 if failed else 0


sys.exit(main())
