"""The service manager behind `systemctl` and `service`: finds units, runs verbs, hears READY=1."""
import os
import socket
import struct
import tempfile
import threading

from processes import descendants, log
from unit import NOTIFY, Unit

UNIT_FOLDERS = ('/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system')
WITHOUT_UNIT = ('daemon-reload', 'reset-failed', 'is-system-running', 'mask', 'unmask')
WITHOUT_EFFECT = ('enable', 'disable', 'preset')  # an instance never reboots in place
QUIET = ('status', 'is-active')


class Manager:
    def __init__(self, journal):
        self.journal = journal
        self.units = {}
        self.lock = threading.Lock()

    def find(self, name):
        """-> the unit of that name, or None"""
        if not name.endswith(('.service', '.target')):
            name += '.service'
        with self.lock:
            for folder in UNIT_FOLDERS:
                path = os.path.join(folder, name)
                if name not in self.units and os.path.exists(path):
                    self.units[name] = Unit(name, path, self.journal, self.find)
            return self.units.get(name)

    def command(self, words):
        """-> (exit status, output)"""
        if not words:
            return 1, 'no verb'
        verb, names = words[0], words[1:]
        if verb in WITHOUT_UNIT:
            return 0, ''
        if verb == 'list-units':
            return 0, '\n'.join('%s %s %s' % (u.name, 'active' if u.active else 'inactive', u.main)
                                for u in list(self.units.values()))
        status = 0
        with tempfile.TemporaryFile() as out:
            for name in names:
                status = self.apply(verb, name, out.fileno()) or status
            out.seek(0)
            text = out.read().decode(errors='replace').strip()
        if verb not in QUIET or status not in (0, 3):
            log('systemctl %s: %d %s' % (' '.join(words), status, text))
        return status, text

    def apply(self, verb, name, out):
        """-> exit status of one verb on one unit"""
        if name in ('rsyslog', 'rsyslog.service'):
            return 0  # pid 1 is the system logger
        unit = self.find(name)
        if unit is None:
            os.write(out, ('Unit %s not found.\n' % name).encode())
            return 5
        if verb in WITHOUT_EFFECT:
            return 0
        if verb in ('start', 'stop'):
            return getattr(unit, verb)(out)
        if verb in ('restart', 'try-restart'):
            unit.stop(out)
            return unit.start(out)
        if verb in ('reload', 'force-reload'):
            return unit.reload(out)
        if verb == 'reload-or-restart':
            return unit.reload(out) if unit.active else unit.start(out)
        if verb == 'show':
            os.write(out, b'loaded')
            return 0
        if verb in QUIET:
            os.write(out, b'active' if unit.running() else b'inactive')
            return 0 if unit.running() else 3
        os.write(out, ('unknown verb %s\n' % verb).encode())
        return 1

    # ---- its two sockets
    def serve_control(self):
        """/run/vm/control: words separated by NUL in, exit status and output out."""
        server = socket.socket(socket.AF_UNIX)
        server.bind('/run/vm/control')
        server.listen(50)
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self.serve_one, args=(connection,), daemon=True).start()

    def serve_one(self, connection):
        with connection:
            asked = b''.join(iter(lambda: connection.recv(65536), b''))
            try:
                status, text = self.command([word for word in asked.decode().split('\0') if word])
            except Exception as error:  # pid 1 must not lose a request
                status, text = 1, 'internal: %r' % error
            connection.sendall(('%d\n%s' % (status, text)).encode())

    def serve_notify(self, server):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        while True:
            data, ancillary, _, _ = server.recvmsg(4096, 256)
            sender = next((struct.unpack('iII', payload[:12])[0] for _, kind, payload in ancillary
                           if kind == socket.SCM_CREDENTIALS), 0)
            if b'READY=1' in data:
                for unit in list(self.units.values()):
                    # a wrapper may have started the process that says it is ready
                    if unit.main and (unit.main == sender or sender in descendants(unit.main)):
                        unit.ready.set()


def notify_socket():
    return datagram_socket(NOTIFY)


def datagram_socket(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(path)
    os.chmod(path, 0o666)
    return server
