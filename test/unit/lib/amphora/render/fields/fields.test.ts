import { describe, expect, test } from 'vitest';
import {
  cookieNameRule,
  domainNameRule,
  expandExpectedCodes,
  expectedCodesRule,
  givenUrlRule,
  tokenRule,
  urlPathRule,
  urlRule,
} from '../../../../../../lib/amphora/render/fields/http.ts';
import { interfaceRule, uuidRule, vrrpPasswordRule } from '../../../../../../lib/amphora/render/fields/identity.ts';
import { l7KeyRule, l7ValueRule } from '../../../../../../lib/amphora/render/fields/l7-rule.ts';
import { addressRule, cidrRule, granularityRule } from '../../../../../../lib/amphora/render/fields/network.ts';
import type { FieldRule } from '../../../../../../lib/amphora/render/fields/rule.ts';
import { ciphersRule, pemFileRule } from '../../../../../../lib/amphora/render/fields/tls.ts';

interface Case {
  readonly name: string;
  readonly rule: FieldRule;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const long = 'a'.repeat(256);

const cases: readonly Case[] = [
  {
    name: 'a redirect URL',
    rule: urlRule,
    good: [
      'http://h',
      'HTTPS://u:p@h:80/p?q#f',
      'http://[::1]:8080/',
      'https://é.example/ü',
      `http://h/${'é'.repeat(246)}`,
    ],
    bad: [
      '',
      'ftp://h',
      '//h',
      '/p',
      'http://',
      'http:///p',
      'http://:80/',
      'http://h/a b',
      'http://h/\n',
      'http://h/\u0085',
    ],
  },
  {
    name: 'a url_path',
    rule: urlPathRule,
    good: ['/', '/a?b=c#d', '/"x"', '/é', '/a//b', '/%0d%0a'],
    bad: ['', 'a', '//h/p', 'http://h/', '/a b', '/a\r\nHost:', '/\x7f', '/\ud800', `/${long}`],
  },
  {
    name: 'a header name',
    rule: tokenRule,
    good: ['X-Forwarded-For', "!#$%&'*+-.^_`|~", '5'],
    bad: ['', 'a b', 'a:b', 'a,b', 'a(b', 'é', 'a\n', long],
  },
  {
    name: 'a URL that is given',
    rule: givenUrlRule,
    good: [
      'http://a',
      'https://a.b:80/c?d=[1]#e',
      'http://u:p@a/',
      'http://[::1]:1/x',
      'http://a_b',
      'http://01.2.3.4',
      'http://a/{x}ä',
    ],
    bad: [
      'HTTP://a',
      'http://',
      'ftp://a',
      'http://ä.de',
      'http://[::1',
      'http://[::g]',
      'http://::1/',
      'http://a:x/',
      'http://@a/',
      'http://1.2.3.256',
      'http://a/[x]',
      'http://a{b}',
      'http://a%zz',
      'http://a b',
      'http://a\n',
    ],
  },
  {
    name: 'a cookie_name',
    rule: cookieNameRule,
    good: ['JSESSIONID', 'a.b-c_d', "$x#%&*+!~|^`'", 'é'],
    bad: ['', 'a b', 'a"b', ...'()<>@,;:\\/[]?={}', 'a\tb', 'a\x80b', 'a\xa0b'],
  },
  {
    name: 'a domain_name',
    rule: domainNameRule,
    good: ['example.org', 'example.org.', 'a-b.c', '_x._tcp.example', 'localhost', '1.2'],
    bad: ['', '.', 'a..b', '-a', 'a-', 'a b', 'a_b', 'é.org', 'a\n', 'a:80', `${'a'.repeat(64)}.b`, 'a.'.repeat(130)],
  },
  {
    name: 'expected_codes',
    rule: expectedCodesRule,
    good: ['200', '200,201', '200 , 201', '200-299', '204-204'],
    bad: ['', '20', '2000', '200-', '299-200', '200,', '200|201', '200-204,206', '200\n', ' 200'],
  },
  {
    name: 'tls_ciphers',
    rule: ciphersRule,
    good: ['HIGH:!aNULL:@SECLEVEL=2', 'TLS_AES_128_GCM_SHA256', 'ECDHE+AESGCM'],
    bad: ['', 'A B', 'A\n', 'A;B', 'A"', 'A'.repeat(2049)],
  },
  {
    name: 'an address',
    rule: addressRule,
    good: ['10.0.0.1', '::1', 'FD00::1', '::ffff:1.2.3.4'],
    bad: ['', '1', '010.0.0.1', 'fe80::1%eth0', '1.2.3.4 ', '1.2.3.4/24'],
  },
  {
    name: 'an address block',
    rule: cidrRule,
    good: ['10.0.0.0/8', '::/0', 'fd00::1/64'],
    bad: ['10.0.0.0', '10.0.0.0/33', '::/129', 'x/8', '10.0.0.0/8/8', '10.0.0.0/ 8'],
  },
  {
    name: 'a granularity',
    rule: granularityRule,
    good: ['255.255.255.255', '255.0.0.0', '128', '1'],
    bad: ['', '0', '129', '255.0.255.0', '0.0.0.0', 'x'],
  },
  {
    name: 'a PEM file name',
    rule: pemFileRule,
    good: ['0a1b.pem'],
    bad: ['', '.pem', '../x.pem', 'a/b.pem', 'x.crt', 'a b.pem'],
  },
  {
    name: 'a UUID',
    rule: uuidRule,
    good: ['11111111-2222-4333-8444-555555555555'],
    bad: ['', 'x', '11111111-2222-4333-8444-55555555555\n', '11111111-2222-4333-8444-55555555555A'],
  },
  { name: 'an interface', rule: interfaceRule, good: ['eth1', 'eth1.5'], bad: ['', 'eth 1', 'a'.repeat(16)] },
  { name: 'a VRRP password', rule: vrrpPasswordRule, good: ['aB3+/=x'], bad: ['', 'a b', 'abc"', '123456789'] },
  {
    name: 'a compared value',
    rule: l7ValueRule('HEADER', 'EQUAL_TO'),
    good: ['v', ' a\tb ', '#"\'\\', 'é', '😀'.repeat(255)],
    bad: ['', 'a\n', 'a\r', 'a\0', '\x7f', '\x9f', '\udc00', long],
  },
  { name: 'a pattern', rule: l7ValueRule('PATH', 'REGEX'), good: ['^/a$'], bad: ['(', '', 'a\n'] },
  {
    name: 'a verification result',
    rule: l7ValueRule('SSL_VERIFY_RESULT', 'EQUAL_TO'),
    good: ['0', '10'],
    bad: ['', '-1', '1 2', 'x'],
  },
  {
    name: 'a wish for a certificate',
    rule: l7ValueRule('SSL_CONN_HAS_CERT', 'EQUAL_TO'),
    good: ['True', 'true'],
    bad: ['', 'False'],
  },
];

describe.each(cases)('$name', ({ rule, good, bad }) => {
  test.each(good)('may be %j', (value) => {
    expect(rule(value)).toBeNull();
  });

  test.each(bad)('may not be %j', (value) => {
    expect(rule(value)).toMatch(/^(is|has|does) /);
  });
});

test('expected codes come once each and in order', () => {
  expect(expandExpectedCodes('301, 200,200')).toEqual(['200', '301']);
  expect(expandExpectedCodes('098-101')).toEqual(['098', '099', '100', '101']);
});

test('only headers, cookies and DN fields have a key', () => {
  expect(['HEADER', 'COOKIE'].map((type) => l7KeyRule(type === 'HEADER' ? 'HEADER' : 'COOKIE')?.('x'))).toEqual([
    null,
    null,
  ]);
  expect(l7KeyRule('SSL_DN_FIELD')?.('CN')).toBeNull();
  expect(l7KeyRule('SSL_DN_FIELD')?.('C N')).not.toBeNull();
  expect(l7KeyRule('PATH')).toBeNull();
});
