import { describe, expect, it } from 'vitest';
import { SETTINGS, settingProblems } from '../../../../lib/settings/check.ts';

describe('the check of all settings', () => {
  it('finds nothing in an environment that sets none', () => {
    expect(settingProblems({ HOME: '/root', PATH: '/bin' })).toEqual([]);
  });

  it('accepts every default, written out', () => {
    const defaults = SETTINGS.flatMap(({ name, fallback }) => (fallback === null ? [] : [[name, fallback]]));
    expect(defaults.length).toBeGreaterThan(90);
    expect(settingProblems(Object.fromEntries(defaults))).toEqual([]);
  });

  it.each([
    ['LOADBALANCER_TOPOLOGY', 'ACTIVE', 'must be one of SINGLE, ACTIVE_STANDBY, is "ACTIVE"'],
    ['SPARE_AMPHORA_POOL_SIZE', 'two', 'must be a whole number from 0 to 2147483647, is "two"'],
    ['FAILOVER_LIMIT', '-2', 'must be a whole number from -1 to 2147483647, is "-2"'],
    ['CERT_VALIDITY_TIME', '1e6', 'must be a whole number of seconds from 60 to 2147483647, is "1e6"'],
    ['STRICT_IMMUTABLE', 'yes', 'must be true or false, is "yes"'],
    ['CONTROLLER_IP_PORT_LIST', '10.0.0.1', 'must be a list of "address:port", separated by ",", is "10.0.0.1"'],
    ['HAPROXY_STICK_SIZE', 'big', 'must be a size such as 10k, 1m or 4096, is "big"'],
    ['DYNAMODB_ENDPOINT', 'localhost:8000', 'must be a URL of http or https, is "localhost:8000"'],
    ['DEFAULT_LISTENER_TLS_VERSIONS', 'TLSv1.2,TLSv9', /^must be a list of SSLv3, .*, is "TLSv1.2,TLSv9"$/],
    ['RECOVERY_SCHEDULE', 'hourly', 'must be rate(...) or cron(...), is "hourly"'],
  ])('names %s, its value %j and what is allowed', (name, value, reason) => {
    const [problem = '', ...others] = settingProblems({ [name]: value });
    expect(others).toEqual([]);
    expect(problem.slice(0, name.length + 2)).toBe(`${name}: `);
    expect(problem.slice(name.length + 2)).toMatch(reason);
    expect(problem).not.toContain('\n');
  });

  it('names a setting that cannot be together with another', () => {
    expect(settingProblems({ CERT_EXPIRY_BUFFER: '5000', CERT_VALIDITY_TIME: '4000' })).toEqual([
      'CERT_EXPIRY_BUFFER: must be less than CERT_VALIDITY_TIME, or every certificate is always due, is 5000',
    ]);
    expect(settingProblems({ MINIMUM_TLS_VERSION: 'TLSv1.3' })).toEqual([
      'MINIMUM_TLS_VERSION: is TLSv1.3, above the default TLSv1.2',
    ]);
  });

  it('names all that is required and missing in one line', () => {
    expect(settingProblems({ AMP_IMAGE_TAG: 'amphora' }, ['AMP_FLAVOR_ID', 'AMP_BOOT_NETWORK_LIST'])).toEqual([
      'AMP_FLAVOR_ID, AMP_BOOT_NETWORK_LIST: are required and not set',
    ]);
  });

  it('takes an empty value for one that is not set', () => {
    expect(settingProblems({ LOADBALANCER_TOPOLOGY: '', AMP_FLAVOUR_ID: '' })).toEqual([]);
  });
});

describe('a misspelt name', () => {
  it.each([
    ['LOADBALANCER_TOPOLGY', 'SINGLE', 'LOADBALANCER_TOPOLOGY'],
    ['AMP_FLAVOUR_ID', 'x', 'AMP_FLAVOR_ID'],
    ['ROLLOUT_PARALLEL', '5', 'ROLLOUT_'],
    ['heartbeat_interval', '5', 'HEARTBEAT_INTERVAL'],
    ['BUILD_RATE_LIMITS', '5', 'BUILD_RATE_LIMIT'],
  ])('%s is named, with its value and the nearest setting', (name, value, nearest) => {
    const [problem = '', ...others] = settingProblems({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(
      new RegExp(`^${name}: is no setting, is "${value}"; ${nearest}\\w* is the nearest, and must be `),
    );
  });

  it('is no accusation of a variable of the system or of another program', () => {
    const ordinary = ['AWS_REGION', 'OS_TOKEN', 'OS_REGION', 'NODE_ENV', 'npm_lifecycle_event', 'LOGNAME', 'HOSTNAME'];
    const ofKubernetes = ['HEARTBEAT_RECEIVER_SERVICE_HOST', 'HEARTBEAT_RECEIVER_PORT_5555_UDP_ADDR'];
    const all = [...ordinary, ...ofKubernetes, 'LANG', 'PWD', 'TERM', 'CI', 'TEST_CLIENTS', 'TMPDIR', 'SHLVL'];
    expect(settingProblems(Object.fromEntries(all.map((name) => [name, 'x'])))).toEqual([]);
    expect(settingProblems(process.env)).toEqual([]);
  });
});

describe('a secret', () => {
  it('is in no message', () => {
    const secret = 'hunter2';
    const environment = { HEARTBEAT_KEYY: secret, HEARTBEAT_PREVIOUS_KEYS: secret, AMP_PASSWORD: secret };
    const problems = settingProblems(environment);
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain(secret);
  });
});
