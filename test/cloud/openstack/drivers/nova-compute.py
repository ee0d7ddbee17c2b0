"""nova-compute, with the namespace driver where nova looks for drivers: nova.virt.netnscloud_driver."""
import sys

from nova.cmd.compute import main  # first: nova.cmd patches eventlet in
import netnscloud.nova_driver as driver
import nova.virt

sys.modules['nova.virt.netnscloud_driver'] = driver
nova.virt.netnscloud_driver = driver

sys.exit(main())
