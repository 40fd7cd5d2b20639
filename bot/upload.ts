/**
 * Puts a document where somebody agreed to have it: one PUT to the address that Teams named, in that person's own OneDrive. The address
 * comes from outside, so only hosts of OneDrive and SharePoint are called; it is a secret of its own, and no token of ours goes along.
 */

/** One label before these: anybody may have a tenant, nobody may have a name below one. Public cloud, GCC High, DoD, China. */
const HOSTS =
  /^[a-z0-9-]+\.sharepoint(?:-df)?\.(?:com|us|cn)$|^[a-z0-9-]+\.sharepoint-mil\.us$|^[a-z0-9-]+-my\.sharepoint\.de$/;

/** Whether a document may be put there, or be shown as lying there. */
export function isOneDrive(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  return protocol === 'https:' && port === '' && username === '' && password === '' && HOSTS.test(hostname);
}

/**
 * done: it lies there. closed: there is no room at this address any more, perhaps because it was used. refused: not now and not
 * later. unsent: not there, may work later. ambiguous: it may lie there.
 */
export interface Uploaded {
  readonly kind: 'done' | 'closed' | 'refused' | 'unsent' | 'ambiguous';
  /** A stable code; never the address. */
  readonly reason: string;
}

export interface UploadOptions {
  /** For tests: another rule for addresses. */
  readonly mayUpload?: (address: string) => boolean;
  readonly timeoutMs?: number;
}

export type Upload = (address: string, bytes: Uint8Array) => Promise<Uploaded>;

export function createUpload({ mayUpload = isOneDrive, timeoutMs = 30_000 }: UploadOptions = {}): Upload {
  return async (address, bytes) => {
    if (!mayUpload(address)) return { kind: 'refused', reason: 'upload_host' };
    let status: number;
    try {
      const response = await fetch(address, {
        method: 'PUT',
        // Whoever sends us elsewhere is not the one that was agreed with.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}`,
        },
        body: bytes as Uint8Array<ArrayBuffer>,
      });
      ({ status } = response);
      // What it says beside the status is not needed.
      await response.body?.cancel().catch(() => undefined);
    } catch (error) {
      const { name, cause } = error as { name?: string; cause?: { code?: string } };
      if (name === 'TimeoutError') return { kind: 'ambiguous', reason: 'upload_timeout' };
      const never = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];
      const kind = never.includes(cause?.code ?? '') ? 'unsent' : 'ambiguous';
      return { kind, reason: 'upload_unreachable' };
    }
    return { kind: meaning(status), reason: `upload_${status}` };
  };
}

function meaning(status: number): Uploaded['kind'] {
  if (status === 200 || status === 201) return 'done';
  if (status === 404 || status === 409 || status === 410 || status === 416) return 'closed';
  if (status === 429 || status === 503) return 'unsent';
  // 202: taken, but not all of it.
  if (status === 202 || status === 408 || status >= 500) return 'ambiguous';
  return 'refused';
}
