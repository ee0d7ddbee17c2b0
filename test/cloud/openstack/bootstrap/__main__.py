"""Finds or makes what the cloud must hold.

    bootstrap identity  SECRET STATE_FOLDER
    bootstrap resources SECRET STATE_FOLDER
    bootstrap endpoint  SECRET SERVICE_TYPE URL
"""
import sys

from cloud import retry

stage, secret, *rest = sys.argv[1:]
if stage == 'identity':
    import identity
    retry(lambda: identity.find_or_create(secret, *rest))
elif stage == 'resources':
    import resources
    retry(lambda: resources.find_or_create(secret, *rest))
elif stage == 'endpoint':
    import identity
    identity.move_endpoint(secret, *rest)
else:
    sys.exit(__doc__)
