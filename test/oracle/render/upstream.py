"""Renders with upstream's own templates.

A question has kind (haproxy, lvs or vrrp), tree, files, options, haproxyVersion, details, listenerId, amphoraId and
vips, all as this project has them. An answer has text, which is null where upstream renders nothing, or error.
"""
import sys
from pathlib import Path

from oslo_config import cfg

sys.path.insert(0, str(Path(__file__).parents[1]))

from upstream_rows import answer_lines, row  # noqa: E402

from octavia.common import config  # noqa: E402, F401  registers the options

CONF = cfg.CONF
CONF([], project="octavia", default_config_files=[])

from octavia.amphorae.drivers.keepalived.jinja import jinja_cfg as vrrp  # noqa: E402
from octavia.common.jinja.haproxy.combined_listeners import jinja_cfg as haproxy  # noqa: E402
from octavia.common.jinja.lvs import jinja_cfg as lvs  # noqa: E402
from octavia.db import models  # noqa: E402

LVS = lvs.LvsJinjaTemplater()
VRRP = vrrp.KeepalivedJinjaTemplater()


def with_tls_options(model, values):
    """Where nothing is asked for, upstream stores NULL and this project an empty list."""
    return row(model, values, tls_versions=values["tls_versions"] or None, alpn_protocols=values["alpn_protocols"] or None)


def with_pools(tree):
    pools = {}
    for values in tree["pools"]:
        pool = pools[values["id"]] = with_tls_options(models.Pool, values)
        if values["session_persistence"]:
            pool.session_persistence = row(models.SessionPersistence, values["session_persistence"])
    for values in tree["members"]:
        pools[values["pool_id"]].members.append(row(models.Member, values))
    for values in tree["health_monitors"]:
        version = values["http_version"] and float(values["http_version"])
        pools[values["pool_id"]].health_monitor = row(models.HealthMonitor, values, http_version=version)
    return pools


def with_listeners(tree, pools):
    listeners, policies = {}, {}
    for values in tree["listeners"]:
        listener = listeners[values["id"]] = with_tls_options(models.Listener, values)
        listener.default_pool = pools.get(values["default_pool_id"])
        listener.sni_containers = [models.SNI(tls_container_id=one) for one in values["sni_containers"]]
    for values in sorted(tree["l7_policies"], key=lambda one: one["position"]):
        policy = policies[values["id"]] = row(models.L7Policy, values)
        policy.redirect_pool = pools.get(values["redirect_pool_id"])
        listeners[values["listener_id"]].l7policies.append(policy)
    for values in tree["l7_rules"]:
        policies[values["l7policy_id"]].l7rules.append(row(models.L7Rule, values))
    return listeners


def load_balancer_of(tree):
    values = tree["load_balancer"]
    load_balancer = row(models.LoadBalancer, values)
    load_balancer.vip = row(models.Vip, values["vip"])
    load_balancer.additional_vips = [row(models.AdditionalVip, one) for one in values["additional_vips"]]
    if values["vrrp_group"]:
        load_balancer.vrrp_group = row(models.VRRPGroup, values["vrrp_group"])
    load_balancer.amphorae = [row(models.Amphora, one) for one in tree["amphorae"]]
    pools = with_pools(tree)
    load_balancer.pools = list(pools.values())
    # Upstream's driver removes a listener that is being deleted before it renders.
    load_balancer.listeners = [
        one for one in with_listeners(tree, pools).values() if one.provisioning_status != "PENDING_DELETE"
    ]
    return load_balancer


def certificates(tree, files, folder):
    """What upstream's driver hands its templates: for pools paths, for listeners file names, by the reference."""
    found = {}
    for values in tree["pools"]:
        names = files["pools"].get(values["id"], {})
        kinds = {"client_cert": "certificate", "ca_cert": "ca", "crl": "crl"}
        found[values["id"]] = {theirs: f"{folder}/{names[ours]}" for theirs, ours in kinds.items() if names.get(ours)}
    for values in tree["listeners"]:
        names = files["listeners"].get(values["id"], {})
        found[values["client_ca_tls_certificate_id"]] = names.get("clientCa")
        found[values["client_crl_container_id"]] = names.get("clientCrl")
    return found


def set_options(options):
    for group, name, ours in (
        ("haproxy_amphora", "base_path", "basePath"),
        ("haproxy_amphora", "base_cert_dir", "baseCertDir"),
        ("haproxy_amphora", "haproxy_stick_size", "haproxyStickSize"),
        ("haproxy_amphora", "default_connection_limit", "defaultConnectionLimit"),
        ("amphora_agent", "user_log_facility", "userLogFacility"),
        ("amphora_agent", "administrative_log_facility", "administrativeLogFacility"),
    ):
        CONF.set_override(name, options[ours], group=group)
    for name, value in options["timeouts"].items():
        CONF.set_override(name, value, group="haproxy_amphora")


def render_haproxy(asked, load_balancer, amphora):
    listeners = [one for one in load_balancer.listeners if one.protocol not in ("UDP", "SCTP")]
    if not listeners:
        return None
    options, details = asked["options"], asked["details"]
    templater = haproxy.JinjaTemplater(
        base_amp_path=options["basePath"],
        base_crt_dir=options["baseCertDir"],
        connection_logging=options["connectionLogging"],
    )
    return templater.build_config(
        host_amphora=amphora,
        listeners=listeners,
        tls_certs=certificates(asked["tree"], asked["files"], f"{options['baseCertDir']}/{load_balancer.id}"),
        haproxy_versions=asked["haproxyVersion"].split(".")[:2],
        amp_details={
            "cpu_count": details["cpuCount"],
            "memory": details["memory"],
            "active_tuned_profiles": details["activeTunedProfiles"],
        },
    )


def subnet(vip):
    return {"cidr": vip["subnetCidr"], "gateway_ip": vip["gateway"], "host_routes": vip["hostRoutes"]}


def render(asked):
    set_options(asked["options"])
    load_balancer = load_balancer_of(asked["tree"])
    amphora = next(one for one in load_balancer.amphorae if one.id == asked["amphoraId"])
    if asked["kind"] == "haproxy":
        return render_haproxy(asked, load_balancer, amphora)
    if asked["kind"] == "lvs":
        listener = next(one for one in load_balancer.listeners if one.id == asked["listenerId"])
        return LVS.build_config(listener=listener)
    first, *others = asked["vips"]
    more = [{"ip_address": one["ipAddress"], "subnet": subnet(one)} for one in others]
    network = {"vip_subnet": subnet(first), "additional_vip_data": more}
    return VRRP.build_keepalived_config(load_balancer, amphora, network)


answer_lines(lambda asked: {"text": render(asked)})
