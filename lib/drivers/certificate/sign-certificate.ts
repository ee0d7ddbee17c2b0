import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11';
/** The DER of NULL, which the parameters of an RSA signature must be. */
const NULL = new Uint8Array([5, 0]).buffer;

/** Clocks differ: a certificate counts from this long before it is made. */
const CLOCK_SKEW_MS = 60_000;

/** How a certificate may be used: `authority` signs others; `peer` proves itself on either side of a connection. */
export type CertificateUse = 'authority' | 'peer';

export interface CertificateWish {
  readonly commonName: string;
  /** Names the other side may check; none for an authority. */
  readonly dnsNames: readonly string[];
  readonly use: CertificateUse;
  readonly publicKey: KeyObject;
  readonly notAfter: Date;
}

/** The signing authority. Without a certificate the result is signed by its own key. */
export interface Signer {
  readonly certificate: X509Certificate | null;
  readonly key: KeyObject;
}

const bytes = (buffer: Uint8Array): ArrayBuffer => new Uint8Array(buffer).buffer;

const extension = (extnID: string, critical: boolean, value: object): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const nameOf = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: commonName }) }),
    ]),
  ]);

const publicKeyInfo = (key: KeyObject): SubjectPublicKeyInfo =>
  AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);

const keyIdentifier = (info: SubjectPublicKeyInfo): ArrayBuffer =>
  bytes(createHash('sha1').update(new Uint8Array(info.subjectPublicKey)).digest());

/** The signer's own identifier where its certificate has one, so that the chain matches by identifier too. */
const authorityKeyIdentifier = (issuer: TBSCertificate): ArrayBuffer => {
  const own = issuer.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  return own === undefined
    ? keyIdentifier(issuer.subjectPublicKeyInfo)
    : AsnConvert.parse(own.extnValue.buffer, SubjectKeyIdentifier).buffer;
};

const usage = (use: CertificateUse): Extension[] =>
  use === 'authority'
    ? [
        extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
        extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
      ]
    : [
        extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
        extension(
          id_ce_keyUsage,
          true,
          new KeyUsage(
            KeyUsageFlags.digitalSignature |
              KeyUsageFlags.keyEncipherment |
              KeyUsageFlags.dataEncipherment |
              KeyUsageFlags.keyAgreement,
          ),
        ),
        extension(id_ce_extKeyUsage, true, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
      ];

/** 127 random bits; the leading ones are fixed so that the number is positive and its encoding the shortest. */
const serialNumber = (): ArrayBuffer => {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return bytes(serial);
};

const algorithmOf = (key: KeyObject): AlgorithmIdentifier =>
  key.asymmetricKeyType === 'ec'
    ? new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
    : new AlgorithmIdentifier({ algorithm: RSA_WITH_SHA256, parameters: NULL });

/** A certificate as wished, SHA-256 signed by an RSA or elliptic curve key. */
export const signCertificate = (wish: CertificateWish, signer: Signer): X509Certificate => {
  const issuer =
    signer.certificate && AsnConvert.parse(new Uint8Array(signer.certificate.raw), Certificate).tbsCertificate;
  const subject = nameOf(wish.commonName);
  const info = publicKeyInfo(wish.publicKey);
  const ownIdentifier = keyIdentifier(info);
  const algorithm = algorithmOf(signer.key);
  const names = wish.dnsNames.map((dNSName) => new GeneralName({ dNSName }));
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: issuer ? issuer.subject : subject,
    validity: new Validity({ notBefore: new Date(Date.now() - CLOCK_SKEW_MS), notAfter: wish.notAfter }),
    subject,
    subjectPublicKeyInfo: info,
    extensions: new Extensions([
      ...usage(wish.use),
      ...(names.length > 0 ? [extension(id_ce_subjectAltName, false, new SubjectAlternativeName(names))] : []),
      extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(ownIdentifier)),
      extension(
        id_ce_authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier({
          keyIdentifier: new KeyIdentifier(issuer ? authorityKeyIdentifier(issuer) : ownIdentifier),
        }),
      ),
    ]),
  });
  const signature = sign('sha256', new Uint8Array(AsnConvert.serialize(tbs)), signer.key);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: bytes(signature),
  });
  return new X509Certificate(new Uint8Array(AsnConvert.serialize(certificate)));
};
