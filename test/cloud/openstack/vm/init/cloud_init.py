"""What an amphora needs of cloud-init: host name, personality files, user data."""
import base64
import gzip
import json
import os
import shutil
import socket

from processes import log, run

DRIVE = '/run/config-drive/openstack'


def write_file(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path) or '/', exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)
    os.chmod(path, mode)


def read_drive(path):
    try:
        with open(os.path.join(DRIVE, path.lstrip('/')), 'rb') as f:
            return f.read()
    except FileNotFoundError:
        return None


def apply(journal):
    meta = read_drive('latest/meta_data.json')
    if meta is None:
        log('no config drive')
        return
    meta = json.loads(meta)
    socket.sethostname((meta.get('hostname') or 'vm').split('.')[0][:63])
    for item in meta.get('files', []):
        write_file(item['path'], read_drive(item['content_path']))
        log('personality file %s' % item['path'])
    data = read_drive('latest/user_data') or b''
    if data[:2] == b'\x1f\x8b':
        data = gzip.decompress(data)
    if data.startswith(b'#!'):
        write_file('/run/vm/user-script', data, 0o755)
        run(['/run/vm/user-script'], out=journal)
    elif data.lstrip().startswith(b'#cloud-config'):
        cloud_config(data, journal)


def cloud_config(data, journal):
    import yaml  # slow to load, and only needed here
    config = yaml.safe_load(data) or {}
    for item in config.get('write_files') or []:
        write_file(item['path'], content_of(item), int(str(item.get('permissions', '0644')), 8))
        give_to(item['path'], str(item.get('owner') or ''))
        log('cloud-config file %s' % item['path'])
    for command in config.get('runcmd') or []:
        run(['/bin/sh', '-c', command] if isinstance(command, str) else [str(word) for word in command], out=journal)


def content_of(item):
    content, encoding = item.get('content', ''), (item.get('encoding') or 'text').lower()
    content = content if isinstance(content, bytes) else content.encode()
    if 'b64' in encoding or 'base64' in encoding:
        content = base64.b64decode(content)
    return gzip.decompress(content) if 'gz' in encoding else content


def give_to(path, owner):
    user, _, group = owner.partition(':')
    if user or group:
        try:
            shutil.chown(path, user or None, group or None)
        except LookupError as error:
            log('%s stays with root: %s' % (path, error))
