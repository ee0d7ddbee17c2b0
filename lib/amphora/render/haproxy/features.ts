import { refuse } from '../guard.ts';

/** What one version of haproxy, and one machine, can be asked for. */
export interface Features {
  /** 1.6: `http-reuse`, and server states that survive a reload. */
  readonly keepsState: boolean;
  /** 1.9: ALPN towards members. */
  readonly memberAlpn: boolean;
  /** 1.9: `ciphersuites`, for TLS 1.3. */
  readonly cipherSuites: boolean;
  /** 2.0: the Prometheus exporter. */
  readonly prometheus: boolean;
  /** 2.2: `insecure-fork-wanted`, `http-check send`, and arguments of fetches that are unquoted a second time. */
  readonly readsFetchArgumentsTwice: boolean;
  readonly wantsForkPermission: boolean;
  readonly sendsCheckHeaders: boolean;
}

/** @throws UnrenderableValueError the version has no two leading numbers */
export const featuresOf = (haproxyVersion: string): Features => {
  const found = /^(\d+)\.(\d+)/.exec(haproxyVersion);
  if (found === null) return refuse({ kind: 'amphora', id: 'agent' }, 'haproxy_version', 'is not a version');
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const since = (wantedMajor: number, wantedMinor: number): boolean =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  const since22 = since(2, 2);
  const since19 = since(1, 9);
  return {
    keepsState: since(1, 6),
    memberAlpn: since19,
    cipherSuites: since19,
    prometheus: since(2, 0),
    readsFetchArgumentsTwice: since22,
    wantsForkPermission: since22,
    sendsCheckHeaders: since22,
  };
};
