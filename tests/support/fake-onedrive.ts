/** Somebody's OneDrive, as an upload session on this machine: takes one PUT per address, and can fail in the ways that one fails. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';

export interface Put {
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly status: number;
}

/** What becomes of the next PUT: a status; taken and then cut off; or never answered. */
export type Fault = number | 'taken-then-reset' | 'hang';

export interface FakeOneDrive {
  /** A fresh address with room for one file. */
  room(): { uploadUrl: string; contentUrl: string; name: string; uniqueId: string; fileType: string };
  readonly puts: Put[];
  /** Whether an address is of this drive; what a test gives the bot in place of OneDrive's own hosts. */
  readonly mayUpload: (address: string) => boolean;
  fail(...faults: Fault[]): void;
  /** Resolves when so many were seen. */
  seen(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function openFakeOneDrive(): Promise<FakeOneDrive> {
  const puts: Put[] = [];
  const used = new Set<string>();
  const faults: Fault[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const address = `${origin}${req.url ?? ''}`;
      const fault = faults.shift();
      const known = used.has(address) ? 404 : 201;
      const status = typeof fault === 'number' ? fault : known;
      if (status === 201) used.add(address);
      puts.push({ address, headers: req.headers, bytes: Buffer.concat(parts), status });
      for (const look of waiting) look();
      if (fault === 'hang') return;
      if (fault === 'taken-then-reset') return void res.destroy();
      res.writeHead(status, status === 302 ? { location: `${origin}/elsewhere` } : {});
      res.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    puts,
    room() {
      const uniqueId = randomUUID();
      return {
        uploadUrl: `${origin}/session/${uniqueId}?tempauth=secret`,
        contentUrl: `https://klank-my.sharepoint.com/personal/noor/Documents/profiel.docx`,
        ...{ name: 'conceptprofiel-relatie.docx', uniqueId, fileType: 'docx' },
      };
    },
    mayUpload: (address) => address.startsWith(`${origin}/`),
    fail: (...next) => void faults.push(...next),
    seen: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (puts.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
