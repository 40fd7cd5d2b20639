/** A token issuer on loopback that stands in for Microsoft's, with everything needed to forge tokens in tests. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Issuer {
  /** Address of its OpenID metadata. */
  readonly metadataUrl: string;
  /** A token signed with the published key, unless another key or header is given. */
  sign(claims: Record<string, unknown>, how?: { key?: KeyObject; header?: Record<string, unknown> }): string;
  /** A key that nobody published. */
  readonly strangerKey: KeyObject;
  /** Requests for keys so far. */
  readonly requests: () => number;
  /** Makes the issuer answer 500. */
  breakDown(): void;
  close(): Promise<void>;
}

export async function openIssuer(): Promise<Issuer> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let count = 0;
  let broken = false;
  const server = createServer((req, res) => {
    count += 1;
    if (broken) {
      res.statusCode = 500;
      res.end();
      return;
    }
    const { port } = server.address() as AddressInfo;
    const jwk = own.publicKey.export({ format: 'jwk' });
    const body =
      req.url === '/keys'
        ? { keys: [{ ...jwk, kid: 'key1', use: 'sig', endorsements: ['msteams'] }] }
        : { issuer: 'https://api.botframework.com', jwks_uri: `http://127.0.0.1:${port}/keys` };
    // Not chained: restify, once loaded, takes the return value away from every response of the process.
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    metadataUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/openid`,
    sign(claims, { key = own.privateKey, header = {} } = {}) {
      const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'key1', ...header })}.${part(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
    },
    strangerKey: stranger.privateKey,
    requests: () => count,
    breakDown: () => void (broken = true),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
