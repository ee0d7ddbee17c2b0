"""pid 1 of an instance: the parts of cloud-init, syslog and systemd an amphora needs.

Debian's own agent, haproxy and keepalived run on it as they do in an amphora image.
"""
import os
import signal
import threading
import time

import cloud_init
import processes
from manager import Manager, datagram_socket, notify_socket


def serve_syslog(server):
    with open('/var/log/syslog', 'ab', buffering=0) as f:
        while True:
            line = server.recv(65536).rstrip(b'\0\n')
            f.write(time.strftime('%b %d %H:%M:%S ').encode() + line + b'\n')


def in_background(function, *args):
    threading.Thread(target=function, args=args, daemon=True).start()


def main():
    with open('/proc/self/comm', 'w') as f:
        f.write('systemd')  # the agent asks /proc/1/comm which init system it is on
    os.chdir('/')
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    os.makedirs('/run/systemd/system', exist_ok=True)
    journal = os.open('/var/log/journal.log', os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    manager = Manager(journal)
    in_background(processes.reap_forever)
    for path in ('/dev/log', '/run/rsyslog/octavia/log'):
        in_background(serve_syslog, datagram_socket(path))
    in_background(manager.serve_notify, notify_socket())
    in_background(manager.serve_control)
    cloud_init.apply(journal)
    if os.path.exists('/etc/octavia/amphora-agent.conf'):
        # Octavia's image has this namespace from boot (octavia-agent-netns.service).
        processes.run(['ip', 'netns', 'add', 'amphora-haproxy'], out=journal)
        manager.find('octavia-agent').start(journal)
    processes.log('up')
    while True:
        signal.pause()


main()
