"""Upstream's own API, served over lines of JSON: one request a line on stdin, one answer a line on stdout.

Everything the API itself does is upstream's: routes, types, policies, repositories, the amphora provider driver. Only
what lies beyond the API is replaced: Keystone by the identity in the request, Neutron, Nova, Glance and Barbican by
the facts of the first line, the queue by nothing. The worker is replaced by `settle`.
"""
import functools
import gc
import io
import itertools
import json
import logging
import os
import sys
from datetime import datetime, timedelta
from unittest import mock

from oslo_config import cfg
from oslo_db.sqlalchemy import engines
from oslo_utils import timeutils
from oslo_utils import uuidutils
from pecan import util as pecan_util
from sqlalchemy import case, event, not_, pool, select

from octavia.common import config  # noqa: F401 registers the settings
from octavia.certificates.common import local as local_cert
from octavia.certificates.manager import local as local_certs
from octavia.common import constants
from octavia.common import data_models
from octavia.common import exceptions
from octavia.common import keystone
from octavia.common import rpc
from octavia.common import service
from octavia.common.tls_utils import cert_parser
from octavia.common import utils
from octavia.compute.drivers.noop_driver import driver as noop_compute
from octavia.db import api as db_api
from octavia.db import base_models
from octavia.db import models
from octavia.db import repositories
from octavia.image.drivers.noop_driver import driver as noop_image
from octavia.network import base as network_base
from octavia.network import data_models as network_models

LOOKUPS = (
    (models.ProvisioningStatus, constants.SUPPORTED_PROVISIONING_STATUSES),
    (models.OperatingStatus, constants.SUPPORTED_OPERATING_STATUSES),
    (models.HealthMonitorType, constants.SUPPORTED_HEALTH_MONITOR_TYPES),
    (models.Algorithm, constants.SUPPORTED_LB_ALGORITHMS),
    (models.Protocol, constants.SUPPORTED_PROTOCOLS),
    (models.SessionPersistenceType, constants.SUPPORTED_SP_TYPES),
    (models.AmphoraRoles, constants.SUPPORTED_AMPHORA_ROLES),
    (models.LBTopology, constants.SUPPORTED_LB_TOPOLOGIES),
    (models.VRRPAuthMethod, constants.SUPPORTED_VRRP_AUTH),
    (models.L7RuleType, constants.SUPPORTED_L7RULE_TYPES),
    (models.L7RuleCompareType, constants.SUPPORTED_L7RULE_COMPARE_TYPES),
    (models.L7PolicyAction, constants.SUPPORTED_L7POLICY_ACTIONS),
    (models.ClientAuthenticationMode, constants.SUPPORTED_CLIENT_AUTH_MODES),
)
# Children first.
KINDS = ('l7rule', 'l7policy', 'health_monitor', 'member', 'listener', 'pool', 'load_balancer')
MODELS = (models.L7Rule, models.L7Policy, models.HealthMonitor, models.Member, models.Listener, models.Pool,
          models.LoadBalancer)
QUOTAS = {
    'l7rule': data_models.L7Rule, 'l7policy': data_models.L7Policy, 'health_monitor': data_models.HealthMonitor,
    'member': data_models.Member, 'listener': data_models.Listener, 'pool': data_models.Pool,
    'load_balancer': data_models.LoadBalancer,
}
PENDING = ('PENDING_CREATE', 'PENDING_UPDATE')
SHOWN_ONLINE = (models.HealthMonitor, models.L7Policy, models.L7Rule)
PARENTS = {models.L7Rule: 'l7policy', models.L7Policy: 'listener', models.HealthMonitor: 'pool', models.Member: 'pool',
           models.Listener: 'load_balancer', models.Pool: 'load_balancer'}


class Network:
    """What the API asks Neutron, out of the facts."""

    def __init__(self, facts):
        self.subnets = {one['id']: one for one in facts['subnets']}
        self.ports = {one['id']: one for one in facts['ports']}
        self.facts = facts
        self.reset()

    def reset(self):
        self.addresses = itertools.count(100)
        self.made = {}

    def _subnet(self, one):
        return network_models.Subnet(
            id=one['id'], network_id=one['networkId'], cidr=one['cidr'], ip_version=6 if ':' in one['cidr'] else 4)

    def get_subnet(self, subnet_id, context=None):
        if subnet_id not in self.subnets:
            raise network_base.SubnetNotFound(subnet_id)
        return self._subnet(self.subnets[subnet_id])

    def get_network(self, network_id, context=None):
        subnets = [one['id'] for one in self.subnets.values() if one['networkId'] == network_id]
        if not subnets:
            raise network_base.NetworkNotFound(network_id)
        return network_models.Network(id=network_id, subnets=subnets, port_security_enabled=True)

    def get_port(self, port_id, context=None):
        one = self.ports.get(port_id) or self.made.get(port_id)
        if one is None:
            raise network_base.PortNotFound(port_id)
        ips = [network_models.FixedIP(subnet_id=ip['subnetId'], ip_address=ip['ipAddress']) for ip in one['fixedIps']]
        return network_models.Port(
            id=port_id, network_id=one['networkId'], device_id=one['deviceId'], fixed_ips=ips)

    def qos_enabled(self):
        return True

    def get_qos_policy(self, qos_policy_id, context=None):
        if qos_policy_id not in self.facts['present']:
            raise network_base.QosPolicyNotFound(qos_policy_id)
        return qos_policy_id

    def get_security_group_by_id(self, sg_id, context=None):
        if sg_id not in self.facts['present']:
            raise network_base.SecurityGroupNotFound(sg_id)
        return network_models.SecurityGroup(id=sg_id)

    def get_network_ip_availability(self, network):
        free = [{'subnet_id': one, 'used_ips': 0, 'total_ips': 254} for one in network.subnets]
        return network_models.Network_IP_Availability(network_id=network.id, subnet_ip_availability=free)

    def _address(self, subnet_id, wanted):
        if wanted:
            return wanted
        prefix = self.subnets[subnet_id]['cidr'].split('/')[0]
        number = next(self.addresses)
        return prefix + str(number) if ':' in prefix else prefix[:-1] + str(number)

    def allocate_vip(self, lb):
        port_id = lb.vip.port_id or uuidutils.generate_uuid()
        given = self.ports.get(lb.vip.port_id)
        fixed = {ip['subnetId']: ip['ipAddress'] for ip in given['fixedIps']} if given else {}

        if given and fixed.get(lb.vip.subnet_id) != lb.vip.ip_address:
            raise network_base.AllocateVIPException('The VIP port is broken.')

        def place(vip):
            return fixed.get(vip.subnet_id) if given else self._address(vip.subnet_id, vip.ip_address)
        vip = data_models.Vip(
            ip_address=place(lb.vip), subnet_id=lb.vip.subnet_id, network_id=lb.vip.network_id, port_id=port_id,
            load_balancer_id=lb.id, octavia_owned=lb.vip.port_id is None)
        further = [
            data_models.AdditionalVip(
                ip_address=place(one), subnet_id=one.subnet_id, network_id=lb.vip.network_id, port_id=port_id,
                load_balancer=lb, load_balancer_id=lb.id)
            for one in lb.additional_vips if place(one)]
        if not given:
            ips = [{'subnetId': one.subnet_id, 'ipAddress': one.ip_address} for one in (vip, *further)]
            self.made[port_id] = {'networkId': vip.network_id, 'deviceId': f'lb-{lb.id}', 'fixedIps': ips}
        return vip, further


class Secrets(local_certs.LocalCertManager):
    """The key manager, out of the facts: certificates with their keys, and texts."""

    facts = {}

    def get_cert(self, context, cert_ref, **kwargs):
        secret = self.facts[cert_ref]
        return local_cert.LocalCert(certificate=secret['certificate'], private_key=secret['key'])

    def get_secret(self, context, secret_ref):
        secret = self.facts[secret_ref]
        return secret.get('text') or secret['certificate']

    def set_acls(self, context, cert_ref):
        if cert_ref not in self.facts:
            raise exceptions.CertificateRetrievalException(ref=cert_ref)


class Clock:
    """Every look at the time is a second later, so that lists have one order."""

    def __init__(self):
        self.now = datetime(2026, 1, 1)

    def __call__(self, with_timezone=False):
        self.now += timedelta(seconds=1)
        return self.now


def refuse_unless(known, resource):
    def check(self, value, owner=None):
        if value not in known:
            raise exceptions.InvalidSubresource(resource=resource, id=value)
        return value
    return check


def configure(facts, network):
    conf = cfg.CONF
    conf([], project='octavia', default_config_files=[])
    for group, name, value in (
            # A file, since a driver opens a second session while the API's is open.
            ('database', 'connection', f"sqlite:///{facts['folder']}/octavia.db"),
            ('database', 'sqlite_synchronous', False),
            ('controller_worker', 'compute_driver', 'compute_noop_driver'),
            ('controller_worker', 'image_driver', 'image_noop_driver'),
            ('certificates', 'cert_manager', 'local_cert_manager'),
            ('api_settings', 'api_base_uri', 'http://lb.example'),
            *((group, name, value) for group, names in facts['settings'].items() for name, value in names.items())):
        conf.set_override(name, value, group=group)
    logging.disable(logging.CRITICAL)
    conf.log_opt_values = lambda *args, **kwargs: None
    rpc.init = service.prepare_service = lambda *args, **kwargs: None
    rpc.get_client = lambda *args, **kwargs: mock.MagicMock()
    utils.get_network_driver = lambda: network
    Secrets.facts = facts['secrets']
    local_certs.LocalCertManager.get_cert = Secrets.get_cert
    local_certs.LocalCertManager.get_secret = Secrets.get_secret
    local_certs.LocalCertManager.set_acls = Secrets.set_acls
    local_certs.LocalCertManager.facts = facts['secrets']
    choices = facts['choices']
    noop_compute.NoopComputeDriver.validate_flavor = refuse_unless(choices['flavors'], 'Nova flavor')
    noop_compute.NoopComputeDriver.validate_availability_zone = refuse_unless(
        choices['zones'], 'Nova availability zone')
    noop_image.NoopImageDriver.get_image_id_by_tag = refuse_unless(choices['images'], 'Glance image')
    timeutils.utcnow = Clock()

    authenticate = keystone.SkippingAuthProtocol.process_request

    def identify(self, request):
        if 'HTTP_X_USER_ID' in request.environ:
            return None
        return authenticate(self, request)
    keystone.SkippingAuthProtocol.process_request = identify
    keystone.SkippingAuthProtocol.www_authenticate_uri = 'http://keystone.example'


def quicken():
    """What costs most and changes no answer: connections, the disk, signatures, keys, collections of garbage."""
    with mock.patch.object(engines.pool, 'NullPool', pool.QueuePool):
        engine = db_api.get_engine()
    event.listen(engine, 'connect', lambda connection, _: connection.execute('PRAGMA journal_mode = MEMORY'))
    # It gives other threads their turn, and there are none.
    event.remove(engine, 'checkin', engines._thread_yield)
    for mapper in base_models.BASE.registry.mappers:
        for relation in mapper._init_properties.values():
            # The same rows, by a statement that is compiled once.
            if getattr(relation, 'lazy', None) == 'subquery':
                relation.lazy, relation.strategy_key = 'selectin', (('lazy', 'selectin'),)
    signature = functools.cache(pecan_util._getargspec)
    pecan_util._getargspec = lambda method: signature(getattr(method, '__func__', method))
    cert_parser._read_private_key = functools.cache(cert_parser._read_private_key)


def seed():
    """An empty database, as a new deployment's."""
    session = db_api.get_session()
    with session.begin():
        for table in reversed(base_models.BASE.metadata.sorted_tables):
            session.execute(table.delete())
        for model, names in LOOKUPS:
            session.add_all([model(name=name) for name in names])
        nothing, gone = constants.NIL_UUID, 'DELETED-PLACEHOLDER'
        session.add(models.FlavorProfile(id=nothing, name=gone, provider_name=constants.DELETED, flavor_data='{}'))
        session.add(models.AvailabilityZoneProfile(
            id=nothing, name=gone, provider_name=constants.DELETED, availability_zone_data='{}'))
        session.flush()
        session.add(models.Flavor(id=nothing, flavor_profile_id=nothing, name=gone, enabled=False, description=''))
        session.add(models.AvailabilityZone(
            name=nothing, availability_zone_profile_id=nothing, enabled=False, description=''))
    session.close()


def below(row):
    """A row and everything that is deleted with it."""
    if isinstance(row, models.LoadBalancer):
        children = [*row.listeners, *row.pools]
    elif isinstance(row, models.Listener):
        children = row.l7policies
    elif isinstance(row, models.Pool):
        children = [*row.members, *([row.health_monitor] if row.health_monitor else [])]
    elif isinstance(row, models.L7Policy):
        children = row.l7rules
    else:
        children = []
    return [*itertools.chain.from_iterable(below(child) for child in children), row]


def delete(session, repos, row):
    """Deletes what is there below the row, gives its quota back, and leaves the load balancer's own row as DELETED."""
    for one in below(row):
        kind = KINDS[MODELS.index(type(one))]
        repos.decrement_quota(session, QUOTAS[kind], one.project_id)
        if kind == 'load_balancer':
            one.provisioning_status = constants.DELETED
        else:
            getattr(repos, kind).delete(session, id=one.id)
        session.flush()
        session.expire_all()


def owner_of(session, row_id):
    """The id of the load balancer that the object belongs to, or is."""
    row = next((row for row in (session.get(model, row_id) for model in MODELS) if row), None)
    while type(row) in PARENTS:
        row = getattr(row, PARENTS[type(row)])
    return row and row.id


def within(load_balancers):
    """By the model: the condition of what belongs to these load balancers, and the load balancers."""
    listeners = select(models.Listener.id).where(models.Listener.load_balancer_id.in_(load_balancers))
    pools = select(models.Pool.id).where(models.Pool.load_balancer_id.in_(load_balancers))
    policies = select(models.L7Policy.id).where(models.L7Policy.listener_id.in_(listeners))
    return {
        models.L7Rule: models.L7Rule.l7policy_id.in_(policies), models.L7Policy: models.L7Policy.id.in_(policies),
        models.HealthMonitor: models.HealthMonitor.pool_id.in_(pools), models.Member: models.Member.pool_id.in_(pools),
        models.Listener: models.Listener.id.in_(listeners), models.Pool: models.Pool.id.in_(pools),
        models.LoadBalancer: models.LoadBalancer.id.in_(load_balancers),
    }


def settle(failed):
    """What the worker writes at the end of its flows; an object whose id is given could not be applied.

    A success applies also what could not be applied before, as the worker does that is compared.
    """
    repos = repositories.Repositories()
    session = db_api.get_session()
    with session.begin():
        changing = session.scalars(
            select(models.LoadBalancer.id).where(models.LoadBalancer.provisioning_status.in_(PENDING))).all()
        spared = failed and owner_of(session, failed)
        applied = within([one for one in changing if one != spared])
        for model in MODELS:
            table = model.__table__
            status = table.c.provisioning_status
            open_here = status.in_(PENDING) | (applied[model] & (status == constants.ERROR))
            written = {'provisioning_status': case((table.c.id == failed, constants.ERROR), else_=constants.ACTIVE)}
            if model in SHOWN_ONLINE:
                shown = case((table.c.enabled, constants.ONLINE), else_=constants.OFFLINE)
                written['operating_status'] = case((table.c.id == failed, table.c.operating_status), else_=shown)
            session.execute(table.update().where(open_here).values(written))
        for model in reversed(MODELS):
            leaving = select(model.id).where(model.provisioning_status == constants.PENDING_DELETE)
            for row_id in session.scalars(leaving).all():
                row = session.get(model, row_id)
                if row_id == failed:
                    row.provisioning_status = constants.ERROR
                elif row is not None:
                    delete(session, repos, row)
        session.flush()
        table = models.Member.__table__
        status = table.c.operating_status
        monitored = table.c.pool_id.in_(select(models.HealthMonitor.pool_id))
        for members, shown in (
                (not_(monitored) & (status != constants.NO_MONITOR), constants.NO_MONITOR),
                # Until the next heartbeat.
                (monitored & (status == constants.NO_MONITOR), constants.OFFLINE)):
            session.execute(table.update().where(members).values(operating_status=shown))
    session.close()


class Service:
    def __init__(self, facts):
        self.network = Network(facts)
        configure(facts, self.network)
        quicken()
        base_models.BASE.metadata.create_all(db_api.get_engine())
        seed()
        from octavia.api import app
        self.app = app.setup_app(argv=[])
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    def ask(self, method, path, query, headers, body):
        data = body.encode()
        environ = {
            'REQUEST_METHOD': method, 'PATH_INFO': path, 'QUERY_STRING': query, 'SCRIPT_NAME': '',
            'SERVER_NAME': 'lb.example', 'SERVER_PORT': '80', 'HTTP_HOST': 'lb.example',
            'SERVER_PROTOCOL': 'HTTP/1.1', 'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http',
            'wsgi.input': io.BytesIO(data), 'wsgi.errors': sys.stderr, 'wsgi.multithread': False,
            'wsgi.multiprocess': False, 'wsgi.run_once': False, 'CONTENT_LENGTH': str(len(data)),
            **{'HTTP_' + name.upper().replace('-', '_'): value for name, value in headers.items()},
        }
        if data:
            environ['CONTENT_TYPE'] = headers.get('content-type', 'application/json')
        answer = {}

        def start(status, answer_headers, exc_info=None):
            answer['status'] = int(status.split()[0])
        answer['body'] = b''.join(self.app(environ, start)).decode()
        return answer

    def do(self, order):
        if order['do'] == 'reset':
            seed()
            self.network.reset()
            return {}
        if order['do'] == 'settle':
            settle(order['failed'])
            return {}
        return self.ask(order['method'], order['path'], order['query'], order['headers'], order['body'])


def main():
    answers = os.fdopen(os.dup(sys.stdout.fileno()), 'w')
    sys.stdout = sys.stderr
    upstream = Service(json.loads(sys.stdin.readline()))
    print('{}', file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(upstream.do(json.loads(line))), file=answers, flush=True)


main()
