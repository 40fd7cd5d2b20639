/** What a monitor reads: numbers that are right, on a port of their own, and nothing of anybody. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../../bot/log.ts';
import { createMetrics, serveMetrics, type MetricsServer, type MetricsSource } from '../../bot/metrics.ts';
import type { StoreStatus } from '../../bot/store/types.ts';

const STATUS: StoreStatus = {
  engine: 'SQLite',
  schema: 1,
  conversations: 3,
  interviews: { open: 2, shared: 1 },
  inbox: { waiting: 4, processed: 20, quarantined: 1 },
  outbox: { sent: 30, blocked: 2 },
  waitingSince: 1_000_000 - 7_000,
};

/** The value of a line; NaN when there is none. */
const valueOf = (text: string, line: string): number =>
  Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length + 1) ?? Number.NaN,
  );

describe('the numbers', () => {
  const source = (changes: Partial<MetricsSource> = {}): MetricsSource => ({
    status: async () => STATUS,
    ready: async () => true,
    now: () => 1_000_000,
    ...changes,
  });

  it('are those of the store, with a zero for what there is none of', async () => {
    const text = await createMetrics().text(source());
    expect(valueOf(text, 'klankbord_inbox_messages{state="waiting"}')).toBe(4);
    expect(valueOf(text, 'klankbord_inbox_messages{state="quarantined"}')).toBe(1);
    expect(valueOf(text, 'klankbord_inbox_oldest_waiting_seconds')).toBe(7);
    expect(valueOf(text, 'klankbord_outbox_messages{state="blocked"}')).toBe(2);
    expect(valueOf(text, 'klankbord_outbox_messages{state="failed"}')).toBe(0);
    expect(valueOf(text, 'klankbord_interviews{state="open"}')).toBe(2);
    expect(valueOf(text, 'klankbord_ready')).toBe(1);
    expect(valueOf(text, 'klankbord_store_counted')).toBe(1);
  });

  it('count what was answered, how long it took, and which log lines were written', async () => {
    const lines: string[] = [];
    const metrics = createMetrics();
    const log = metrics.counting(createLog({ level: 'error', write: (line) => void lines.push(line) }));
    metrics.answered(200, 40);
    metrics.answered(200, 600);
    metrics.answered(401, 2);
    log.warn('not_sent_blocked', { code: 'no_app' });
    log.info('started');
    const text = await metrics.text(source());
    expect(valueOf(text, 'klankbord_requests_total{status="200"}')).toBe(2);
    expect(valueOf(text, 'klankbord_requests_total{status="401"}')).toBe(1);
    expect(valueOf(text, 'klankbord_turn_duration_seconds_bucket{le="0.05"}')).toBe(2);
    expect(valueOf(text, 'klankbord_turn_duration_seconds_count')).toBe(3);
    // Counted whatever is written.
    expect(valueOf(text, 'klankbord_log_events_total{level="warn",event="not_sent_blocked"}')).toBe(1);
    expect(lines).toEqual([]);
  });

  it('say that the store cannot be counted instead of failing', async () => {
    const broken = source({ status: () => Promise.reject(new Error('secret')), ready: async () => false });
    const text = await createMetrics().text(broken);
    expect(valueOf(text, 'klankbord_store_counted')).toBe(0);
    expect(valueOf(text, 'klankbord_ready')).toBe(0);
    expect(text).not.toContain('secret');
  });

  it('are counted again only after a while', async () => {
    let asked = 0;
    let now = 0;
    const metrics = createMetrics();
    const counting = source({ now: () => now, status: async () => ((asked += 1), STATUS) });
    await metrics.text(counting);
    await metrics.text(counting);
    now = 10_000;
    await metrics.text(counting);
    expect(asked).toBe(2);
  });
});

describe('the port', () => {
  let server: MetricsServer | null = null;
  afterEach(() => server?.close());

  it('answers GET /metrics and nothing else, and says when it is taken', async () => {
    server = await serveMetrics({ host: '127.0.0.1', port: 0 }, async () => 'klankbord_ready 1\n');
    const at = `http://127.0.0.1:${server.port}`;
    const answer = await fetch(`${at}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([200, 'klankbord_ready 1\n']);
    expect((await fetch(`${at}/`)).status).toBe(404);
    expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(404);
    await expect(
      serveMetrics({ host: '127.0.0.1', port: server.port }, async () => ''),
    ).rejects.toMatchObject({ code: 'metrics_port_taken' });
  });
});
