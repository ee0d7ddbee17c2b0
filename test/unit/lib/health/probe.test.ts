import { describe, expect, it } from 'vitest';
import {
  AmphoraIdentityError,
  AmphoraUnreachableError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
} from '../../../../lib/errors/cloud.ts';
import { probe } from '../../../../lib/health/probe.ts';
import { newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { aServer } from '../../functions/compute/support.ts';

const amphora = { ...newAmphora('a1', 'lb1'), lb_network_ip: '172.16.0.5', compute_id: 's1' };
const refused = new AmphoraUnreachableError('ECONNREFUSED', { nobodyThere: true });
const silent = new AmphoraUnreachableError('HANDSHAKE_TIMEOUT');

const seen = (agent: 'answers' | Error, nova: Parameters<typeof aServer>[0] | Error, of = amphora) =>
  probe(
    {
      agents: {
        shownCertificate: async () => {
          if (agent !== 'answers') throw agent;
          return 'fingerprint';
        },
      },
      compute: {
        getServer: async () => {
          if (nova instanceof Error) throw nova;
          return aServer(nova);
        },
      },
    },
    of,
  );

describe('an amphora that was not heard', () => {
  it('is alive when its agent shows its certificate, whatever Nova says', async () => {
    expect(await seen('answers', { status: 'ACTIVE' })).toBe('alive');
    expect(await seen('answers', new CloudUnavailableError('503'))).toBe('alive');
  });

  it('is dead when nothing takes the connection while Nova calls it ACTIVE', async () => {
    expect(await seen(refused, { status: 'ACTIVE' })).toBe('dead');
  });

  it('is dead when Nova has no such server, or one in ERROR', async () => {
    expect(await seen(silent, new CloudResourceNotFoundError('server', 's1'))).toBe('dead');
    expect(await seen(refused, { status: 'ERROR' })).toBe('dead');
  });

  it('is not judged when it is slow, or another machine has its address', async () => {
    expect(await seen(silent, { status: 'ACTIVE' })).toBe('unknown');
    expect(await seen(new AmphoraIdentityError('CERT_HAS_EXPIRED'), { status: 'ACTIVE' })).toBe('unknown');
    expect(await seen(refused, { status: 'OTHER' })).toBe('unknown');
  });

  it('is not judged when Nova is out of reach as well: the trouble may be on this side', async () => {
    expect(await seen(refused, new CloudUnavailableError('timeout'))).toBe('unknown');
  });

  it('is asked again when the first try did not get through', async () => {
    let tries = 0;
    const agents = {
      shownCertificate: async () => {
        tries += 1;
        if (tries === 1) throw refused;
        return 'fingerprint';
      },
    };
    expect(await probe({ agents, compute: { getServer: async () => aServer() } }, amphora)).toBe('alive');
  });
});
