"""Nova virt driver: an instance is a network namespace (see ../../vm/vm-ctl)."""
import os
import shutil
import subprocess
import time

from nova import exception
from nova.api.metadata import base as instance_metadata
from nova.compute import power_state
from nova.virt import configdrive
from nova.virt import fake
from nova.virt import hardware
from oslo_log import log as logging

LOG = logging.getLogger(__name__)
VM_CTL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'vm', 'vm-ctl')
INSTANCES = os.path.join(os.environ['CLOUD_STATE'], 'instances')


def vm_ctl(*args):
    began = time.time()
    run = subprocess.run([VM_CTL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = run.stdout.decode(errors='replace').strip()
    LOG.info('vm-ctl %s: %d in %.3fs %s', ' '.join(args), run.returncode, time.time() - began, out)
    if run.returncode:
        raise exception.NovaException('vm-ctl %s: %s' % (args[0], out))


def plug_words(vif, with_addresses):
    """The words `vm-ctl plug` wants for a VIF: port, MAC, bridge, MTU, addresses with their gateway."""
    net = vif['network']
    words = [vif['id'], vif['address'], 'brq' + net['id'][:11], str(net.get_meta('mtu') or 0)]
    if with_addresses:
        for subnet in net['subnets']:
            gateway = (subnet.get('gateway') or {}).get('address')
            length = subnet['cidr'].split('/')[1]
            words += ['%s/%s%s' % (ip['address'], length, ',' + gateway if gateway else '') for ip in subnet['ips']]
    return words


def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return None


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())


class NetnsDriver(fake.FakeDriver):
    def __init__(self, virtapi, read_only=False):
        super().__init__(virtapi, read_only)
        os.makedirs(INSTANCES, exist_ok=True)

    @staticmethod
    def _path(uuid, *parts):
        return os.path.join(INSTANCES, uuid, *parts)

    def _power(self, uuid):
        state = read(self._path(uuid, 'power'))
        return int(state) if state else None

    def init_host(self, host):
        super().init_host(host)
        for uuid in self.list_instance_uuids():  # they outlive a restart of nova-compute
            name = read(self._path(uuid, 'name'))
            if name is not None:
                self.instances[uuid] = fake.FakeInstance(name.decode().strip(), self._power(uuid), uuid)

    def list_instance_uuids(self):
        return os.listdir(INSTANCES) if os.path.isdir(INSTANCES) else []

    def get_info(self, instance, use_cache=True):
        state = self._power(instance.uuid)
        if state is None:
            raise exception.InstanceNotFound(instance_id=instance.uuid)
        return hardware.InstanceInfo(state=state)

    # ---- life
    def spawn(self, context, instance, image_meta, injected_files, admin_password, allocations, network_info=None,
              block_device_info=None, power_on=True, accel_info=None):
        super().spawn(context, instance, image_meta, injected_files, admin_password, allocations, network_info,
                      block_device_info, power_on, accel_info)
        write(self._path(instance.uuid, 'name'), instance.name)
        os.makedirs(self._path(instance.uuid, 'config-drive'), exist_ok=True)
        if configdrive.required_by(instance):
            self._write_config_drive(instance, injected_files, network_info)
        self._boot(instance.uuid, network_info)

    def _write_config_drive(self, instance, injected_files, network_info):
        """Nova's own config drive, as files instead of an ISO image."""
        drive = instance_metadata.InstanceMetadata(
            instance, content=injected_files, extra_md={}, network_info=network_info)
        for path, data in drive.metadata_for_config_drive():
            if not path.startswith('ec2/'):
                write(self._path(instance.uuid, 'config-drive', path), data)

    def _boot(self, uuid, network_info):
        nics = self._path(uuid, 'nics')
        shutil.rmtree(nics, ignore_errors=True)
        os.makedirs(nics)
        for i, vif in enumerate(network_info or []):
            write(os.path.join(nics, '%02d-%s' % (i, vif['id'])), ' '.join(plug_words(vif, True)))
        vm_ctl('boot', uuid)
        write(self._path(uuid, 'power'), str(power_state.RUNNING))

    def destroy(self, context, instance, network_info, block_device_info=None, destroy_disks=True,
                destroy_secrets=True):
        vm_ctl('destroy', instance.uuid)
        for vif in network_info or []:
            self._interfaces.pop(vif['id'], None)
        super().destroy(context, instance, network_info, block_device_info, destroy_disks)

    def power_off(self, instance, timeout=0, retry_interval=0):
        vm_ctl('kill', instance.uuid)
        write(self._path(instance.uuid, 'power'), str(power_state.SHUTDOWN))

    def power_on(self, context, instance, network_info, block_device_info=None, accel_info=None):
        vm_ctl('kill', instance.uuid)
        for vif in network_info or []:
            vm_ctl('unplug', instance.uuid, vif['id'])
        self._boot(instance.uuid, network_info)

    def reboot(self, context, instance, network_info, reboot_type, block_device_info=None, bad_volumes_callback=None,
               accel_info=None):
        self.power_on(context, instance, network_info)

    # ---- NICs
    def attach_interface(self, context, instance, image_meta, vif):
        super().attach_interface(context, instance, image_meta, vif)
        try:
            vm_ctl('plug', instance.uuid, *plug_words(vif, False))
        except exception.NovaException as error:
            self._interfaces.pop(vif['id'], None)
            raise exception.InterfaceAttachFailed(instance_uuid=instance.uuid) from error

    def detach_interface(self, context, instance, vif):
        self._interfaces.pop(vif['id'], None)
        vm_ctl('unplug', instance.uuid, vif['id'])

    def get_console_output(self, context, instance):
        return (read(self._path(instance.uuid, 'console.log')) or b'')[-100000:]
