"""One service: started, watched, reloaded and stopped as its unit file says."""
import os
import signal
import threading
import time

import unit_file
from processes import PATH, descendants, ended, exits, log, run, send, spawn, wait_exit

NOTIFY = '/run/systemd/notify'
PREFIXES = '-+!@:'  # of a command line; only "-" (failure is fine) means something here
START_TIMEOUT = 90
RESTARTS, RESTART_WINDOW = 5, 10  # at most so many starts in so many seconds


class Unit:
    def __init__(self, name, path, journal, find):
        self.name, self.path, self.journal, self.find = name, path, journal, find
        self.lock = threading.RLock()
        self.ready = threading.Event()
        self.main = None  # pid
        self.active = self.wanted = False
        self.starts = []
        self.load()

    # ---- settings
    def load(self):
        with open(self.path) as f:
            self.settings = unit_file.parse(f.read())

    def all(self, key, section='Service'):
        return self.settings.get((section, key), [])

    def one(self, key, default=''):
        return (self.all(key) or [default])[-1]

    def kind(self):
        return self.one('Type', 'simple')

    def env(self):
        env = {'PATH': PATH, 'LANG': 'C.UTF-8', 'HOME': '/root', 'SYSTEMD_EXEC_PID': '0'}
        for value in self.all('Environment'):
            env.update(pair.split('=', 1) for pair in unit_file.split_words(value) if '=' in pair)
        if self.kind() == 'notify':
            env['NOTIFY_SOCKET'] = NOTIFY
        if self.main:
            env['MAINPID'] = str(self.main)
        return env

    def argv(self, line):
        return unit_file.expand(unit_file.split_words(line.lstrip(PREFIXES)), self.env())

    def running(self):
        return self.active and (self.main is None or not ended(self.main))

    def run_all(self, key, out):
        """Runs every command of one key. -> exit status of the first that failed, or 0"""
        for line in self.all(key):
            try:
                status = run(self.argv(line), self.env(), out, START_TIMEOUT)
            except OSError as error:
                os.write(out, ('%s\n' % error).encode())
                status = 127
            if status != 0 and not line.startswith('-'):
                return 1 if status is None else status
        return 0

    # ---- life
    def start(self, out):
        with self.lock:
            if self.running():
                return 0
            self.load()
            for name in ' '.join(self.all('Requires', 'Unit')).split():
                needed = self.find(name)
                if needed:
                    needed.start(out)
            for name in self.one('RuntimeDirectory').split():
                os.makedirs('/run/' + name, exist_ok=True)
            status = self.run_all('ExecStartPre', out)
            if status == 0:
                status = self.start_oneshot(out) if self.kind() == 'oneshot' else self.start_main()
            return status

    def start_oneshot(self, out):
        status = self.run_all('ExecStart', out)
        self.active = status == 0 and self.one('RemainAfterExit') in ('yes', 'true', '1')
        return status

    def start_main(self):
        self.ready.clear()
        self.main = None
        pid = spawn(self.argv(self.one('ExecStart')), self.env(), self.journal)
        self.main = pid
        status = self.wait_forked(pid) if self.kind() == 'forking' else self.wait_notified(pid)
        if status != 0:
            log('%s: did not become ready' % self.name)
            self.end_processes()
            return status
        self.active = self.wanted = True
        self.starts = [t for t in self.starts if t > time.time() - RESTART_WINDOW] + [time.time()]
        threading.Thread(target=self.watch, args=(self.main,), daemon=True).start()
        log('%s: started, pid %s' % (self.name, self.main))
        return 0

    def wait_notified(self, pid):
        """Type=simple is ready at once, Type=notify when the process says so."""
        if self.kind() != 'notify':
            return 0
        end = time.time() + START_TIMEOUT
        while not self.ready.wait(0.02):
            if pid in exits or time.time() > end:
                return 1
        return 0

    def wait_forked(self, pid):
        """Type=forking: the first process ends, the PID file names the one that stays."""
        status = wait_exit(pid, START_TIMEOUT)
        if status != 0:
            return status or 1
        self.main = None
        end = time.time() + 10
        while self.one('PIDFile') and time.time() < end:
            try:
                with open(self.one('PIDFile')) as f:
                    self.main = int(f.read().split()[0])
                break
            except (OSError, ValueError, IndexError):
                time.sleep(0.02)
        return 0

    def watch(self, pid):
        while not ended(pid):
            time.sleep(0.1)
        with self.lock:
            if self.main != pid:
                return  # stopped or started anew
            status = exits.get(pid)
            self.active, self.main = False, None
            if not self.wanted:
                return
            log('%s: main process %s ended (%s)' % (self.name, pid, status))
            policy = self.one('Restart', 'no')
            if policy == 'always' or (policy == 'on-failure' and status != 0):
                if len(self.starts) < RESTARTS:
                    time.sleep(0.1)
                    self.start(self.journal)
                else:
                    log('%s: start limit hit' % self.name)

    def end_processes(self):
        if ended(self.main):
            return
        mode = self.one('KillMode', 'control-group')
        family = [] if mode == 'process' else descendants(self.main)
        for pid in [self.main] + (family if mode == 'control-group' else []):
            send(pid, signal.SIGTERM)
        end = time.time() + float(self.one('TimeoutStopSec', '90').rstrip('s') or 90)
        while not ended(self.main) and time.time() < end:
            time.sleep(0.02)
        for pid in [self.main] + family:
            if not ended(pid):
                send(pid, signal.SIGKILL)

    def stop(self, out):
        with self.lock:
            self.wanted = False
            if self.main:
                self.run_all('ExecStop', out)
            self.end_processes()
            self.active, self.main = False, None
            log('%s: stopped' % self.name)
            return 0

    def reload(self, out):
        with self.lock:
            if not self.running():
                os.write(out, ('%s is not active, cannot reload.\n' % self.name).encode())
                return 1
            if not self.all('ExecReload'):
                os.write(out, b'Job type reload is not applicable.\n')
                return 1
            self.ready.clear()
            status = self.run_all('ExecReload', out)
            if status == 0 and self.kind() == 'notify':
                self.ready.wait(5)
            return status
