"""Connections to the cloud that this folder lays, and patience with its services."""
import time

import openstack

URL = 'http://127.0.0.1:5000/v3'


def connect(user, project, secret):
    return openstack.connect(auth_url=URL, username=user, password=secret, project_name=project,
                             user_domain_name='Default', project_domain_name='Default',
                             region_name='RegionOne', identity_api_version='3',
                             load_yaml_config=False, load_envvars=False)


def retry(function, seconds=30):
    """A service that answers its root page may still be loading the rest."""
    end = time.time() + seconds
    while True:
        try:
            return function()
        except Exception:
            if time.time() > end:
                raise
            time.sleep(0.5)
