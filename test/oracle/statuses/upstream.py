"""Has upstream's health manager read heartbeats, over an empty SQLite database for each case.

A question has tree and heartbeats, a list of messages. An answer has one entry for each message: statuses, by id, and
alive, which is true where the message counts as a sign of the amphora's life.
"""
import sys
import time
from pathlib import Path

from oslo_config import cfg

sys.path.insert(0, str(Path(__file__).parents[1]))

from upstream_rows import answer_lines, row  # noqa: E402

from octavia.common import config  # noqa: E402, F401  registers the options

CONF = cfg.CONF
CONF([], project="octavia", default_config_files=[])
CONF.set_override("connection", "sqlite://", group="database")

from octavia.amphorae.drivers.health import heartbeat_udp  # noqa: E402
from octavia.db import api, base_models, models  # noqa: E402

base_models.BASE.metadata.create_all(api.get_engine())
# The tables of names that upstream's migrations fill are left empty.
api.get_engine().raw_connection().execute("PRAGMA foreign_keys = OFF")
REPORTED = (models.LoadBalancer, models.Listener, models.Pool, models.Member)
STORED = (*REPORTED, models.Amphora, models.AmphoraHealth)


def store(tree):
    owner = tree["load_balancer"]
    # Versions and protocols of TLS are lists that only rendering needs.
    lists = {"tls_versions": None, "alpn_protocols": None}
    session = api.get_session()
    with session.begin():
        for model in reversed(STORED):
            session.query(model).delete()
        session.add(row(models.LoadBalancer, owner))
        session.add_all(row(models.Listener, one, **lists) for one in tree["listeners"])
        session.add_all(row(models.Pool, one, **lists) for one in tree["pools"])
        session.add_all(row(models.Member, one) for one in tree["members"])
        session.add_all(row(models.Amphora, one) for one in tree["amphorae"])


def is_alive(session, amphora_id):
    return session.query(models.AmphoraHealth).filter_by(amphora_id=amphora_id).count() > 0


def read(beat):
    updater = heartbeat_udp.UpdateHealthDb()
    session = api.get_session()
    with session.begin():
        session.query(models.AmphoraHealth).delete()
    updater._update_health({**beat, "recv_time": time.time()}, "127.0.0.1")
    with session.begin():
        return {
            "alive": is_alive(session, beat["id"]),
            "statuses": {one.id: one.operating_status for model in REPORTED for one in session.query(model)},
        }


def answer(asked):
    store(asked["tree"])
    return {"heartbeats": [read(heartbeat) for heartbeat in asked["heartbeats"]]}


answer_lines(answer)
