import { describe, expect, test } from '@jest/globals';
import { RetryLater } from '../../bot/errors.ts';
import { createLog, muteConsole, type Facts } from '../../bot/log.ts';

function record(key = 'k'): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  const now = () => new Date('2026-11-22T12:00:00Z');
  return { lines, log: createLog({ level: 'info', key, now, write: (line) => void lines.push(line) }) };
}

describe('the log', () => {
  test('writes JSON lines from its level up', () => {
    const { lines, log } = record();
    log.debug('nothing');
    log.info('sent', { status: 200, code: 'ok', attempts: 2 });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { at: '2026-11-22T12:00:00.000Z', level: 'info', event: 'sent', status: 200, code: 'ok', attempts: 2 },
    ]);
  });

  test('has no place for what people say, however it is called', () => {
    const { lines, log } = record();
    const facts = {
      text: 'Martijn huilde',
      alias: 'Martijn',
      code: 'Martijn huilde vandaag',
      conversation: 'a:Martijn',
      person: '29:Anne',
      error: new Error('Martijn huilde'),
      nested: { text: 'Martijn' },
    } as Facts;
    log.error('oh dear, Martijn', facts);
    log.error('x', { error: 'Martijn huilde' });
    expect(lines.join('\n')).not.toMatch(/Martijn|Anne|huilde/);
  });

  test('hashes ids with the key of the installation', () => {
    const hash = (key: string, conversation: string) => {
      const { lines, log } = record(key);
      log.info('x', { conversation });
      return (JSON.parse(lines[0] ?? '{}') as { conversation?: string }).conversation;
    };
    expect(hash('a', 'c1')).toBe(hash('a', 'c1'));
    expect(hash('a', 'c1')).not.toBe(hash('a', 'c2'));
    expect(hash('a', 'c1')).not.toBe(hash('b', 'c1'));
  });

  test('names an error by class and code, without its message', () => {
    const { lines, log } = record();
    log.error('x', { error: new RetryLater('store_busy', 'Martijn') });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: 'RetryLater', errorCode: 'store_busy' });
  });

  test('turns what libraries print into a line without content', () => {
    const { lines, log } = record();
    const { log: print, info, debug, warn, error, trace } = console;
    muteConsole(log);
    // eslint-disable-next-line no-console -- what a library would do
    console.error('token eyJ', { key: 'geheim' });
    Object.assign(console, { log: print, info, debug, warn, error, trace });
    expect(lines.join('\n')).toContain('library_said_something');
    expect(lines.join('\n')).not.toMatch(/eyJ|geheim/);
  });
});
