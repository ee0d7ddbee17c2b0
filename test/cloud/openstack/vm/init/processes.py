"""Starting, watching and ending processes; pid 1 also buries the orphans."""
import os
import signal
import threading
import time

PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
BOOTED = time.time()

exits = {}  # pid -> exit status
changed = threading.Condition()


def log(text):
    print('[%8.3f] %s' % (time.time() - BOOTED, text), flush=True)


def reap_forever():
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            time.sleep(0.02)
            continue
        with changed:
            exits[pid] = os.waitstatus_to_exitcode(status)
            while len(exits) > 2000:
                exits.pop(next(iter(exits)))
            changed.notify_all()


def spawn(argv, env=None, out=None):
    """Starts a program in a session of its own, its output to the descriptor `out`. -> pid"""
    actions = [(os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0)]
    if out is not None:
        actions += [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
    with changed:  # a pid that comes round again is not the old process
        pid = os.posix_spawnp(argv[0], argv, env or {'PATH': PATH}, file_actions=actions, setsid=True, setsigmask=[],
                              setsigdef=[signal.SIGINT, signal.SIGPIPE, signal.SIGTERM])
        exits.pop(pid, None)
    return pid


def wait_exit(pid, timeout=None):
    """-> exit status, or None when `timeout` seconds were not enough"""
    with changed:
        changed.wait_for(lambda: pid in exits, timeout)
        return exits.get(pid)


def run(argv, env=None, out=None, timeout=None):
    return wait_exit(spawn(argv, env, out), timeout)


def ended(pid):
    return not pid or pid in exits or not os.path.exists('/proc/%d' % pid)


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def descendants(pid):
    children = {}
    for entry in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/stat' % entry) as f:
                parent = int(f.read().rpartition(')')[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry))
    found = list(children.get(pid, []))
    for child in found:  # grows while it is walked
        found += children.get(child, [])
    return found
