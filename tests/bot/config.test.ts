import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig, Secret } from '../../bot/config.ts';
import { EnvironmentError } from '../../bot/errors.ts';
import { explain, operatorTexts } from '../../bot/operator.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const GUID = '11111111-2222-3333-4444-555555555555';
const folder = mkdtempSync(join(tmpdir(), 'klankbord-config-'));
const school = join(folder, 'school.yaml');
writeFileSync(school, 'board: {}');

const TEAMS = {
  KLANKBORD_MODE: 'teams',
  SCHOOL_FILE: school,
  KLANKBORD_KEY: KEY,
  MicrosoftAppId: GUID,
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppTenantId: GUID,
  MicrosoftAppPassword: 'geheim-geheim',
};

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof EnvironmentError)
      return error.problems.map(({ name, code }) => `${name} ${code}`).sort();
    throw error;
  }
  return [];
}

describe('the environment', () => {
  test('needs nothing in local mode, and listens on loopback', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      mode: 'local',
      host: '127.0.0.1',
      port: 3978,
      dataFolder: './.data',
      databaseUrl: null,
      schoolFile: null,
      playground: true,
      quietSeconds: null,
      app: null,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('counts an empty or blank value as unset, whatever the variable', () => {
    const names = [
      'PORT',
      'HOST',
      'KLANKBORD_MODE',
      'KLANKBORD_DATA',
      'DATABASE_URL',
      'SCHOOL_FILE',
      'KLANKBORD_KEY',
    ];
    const others = [
      'KLANKBORD_METRICS_PORT',
      'KLANKBORD_PLAYGROUND',
      'KLANKBORD_QUIET_SECONDS',
      'KLANKBORD_LOG',
      'MicrosoftAppId',
    ];
    for (const blank of ['', '  ']) {
      const env = Object.fromEntries([...names, ...others].map((name) => [name, blank]));
      expect(loadConfig(env)).toEqual(loadConfig({}));
    }
    expect(loadConfig({ KLANKBORD_QUIET_SECONDS: '0' }).quietSeconds).toBe(0);
  });

  test('reports every mistake at once, by name and remedy and never by value', () => {
    const env = {
      PORT: '70000-secret',
      KLANKBORD_METRICS_PORT: '70000-secret',
      HOST: '0.0.0.0',
      KLANKBORD_MODE: 'local',
      DATABASE_URL: 'mysql://root:hunter2@db',
      SCHOOL_FILE: '/nowhere/hunter2.yaml',
      KLANKBORD_PLAYGROUND: 'hunter2',
      KLANKBORD_QUIET_SECONDS: '-4',
      KLANKBORD_KEY: 'hunter2',
      KLANKBORD_LOG: 'hunter2',
    };
    expect(problemsOf(env)).toEqual([
      'DATABASE_URL databaseUrl',
      'HOST hostLocal',
      'KLANKBORD_KEY key',
      'KLANKBORD_LOG log',
      'KLANKBORD_METRICS_PORT port',
      'KLANKBORD_PLAYGROUND playground',
      'KLANKBORD_QUIET_SECONDS quietSeconds',
      'PORT port',
      'SCHOOL_FILE schoolFile',
    ]);
    for (const lang of ['nl', 'en']) {
      let said = '';
      try {
        loadConfig(env);
      } catch (error) {
        said = explain(error, operatorTexts(lang), {}).join('\n') + inspect(error);
      }
      for (const name of Object.keys(env)) if (name !== 'KLANKBORD_MODE') expect(said).toContain(name);
      expect(said).not.toMatch(/hunter2|70000|mysql/);
    }
  });

  test('accepts a complete teams mode of every app type', () => {
    expect(loadConfig(TEAMS)).toMatchObject({ mode: 'teams', host: '0.0.0.0', playground: false });
    expect(loadConfig({ ...TEAMS, MicrosoftAppType: 'multitenant' }).app?.type).toBe('MultiTenant');
    const msi = { ...TEAMS, MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppPassword: '' };
    expect(loadConfig(msi).app).toEqual({
      id: GUID,
      tenantId: GUID,
      type: 'UserAssignedMsi',
      password: null,
    });
  });

  test.each([
    ['an app id', { MicrosoftAppId: '' }, ['MicrosoftAppId appIdMissing']],
    ['a real app id', { MicrosoftAppId: 'my-bot' }, ['MicrosoftAppId guid']],
    ['a known app type', { MicrosoftAppType: 'SingelTenant' }, ['MicrosoftAppType appType']],
    ['an app type', { MicrosoftAppType: '' }, ['MicrosoftAppType appType']],
    ['a tenant', { MicrosoftAppTenantId: '' }, ['MicrosoftAppTenantId tenantMissing']],
    ['a school file', { SCHOOL_FILE: '' }, ['SCHOOL_FILE schoolFileMissing']],
    ['a key', { KLANKBORD_KEY: '' }, ['KLANKBORD_KEY keyMissing']],
    [
      'a password for a single tenant',
      { MicrosoftAppPassword: '' },
      ['MicrosoftAppPassword passwordMissing'],
    ],
    [
      'no password beside a managed identity',
      { MicrosoftAppType: 'UserAssignedMsi' },
      ['MicrosoftAppPassword passwordWithMsi'],
    ],
  ])('does not start in teams mode without %s', (_what, change, expected) => {
    expect(problemsOf({ ...TEAMS, ...change })).toEqual(expected);
  });

  test('tells everything that is missing in teams mode at once', () => {
    expect(problemsOf({ KLANKBORD_MODE: 'teams', PORT: 'x' })).toEqual([
      'KLANKBORD_KEY keyMissing',
      'MicrosoftAppId appIdMissing',
      'MicrosoftAppTenantId tenantMissing',
      'MicrosoftAppType appType',
      'PORT port',
      'SCHOOL_FILE schoolFileMissing',
    ]);
  });

  test('does not run unprotected for somebody who set an app id', () => {
    expect(problemsOf({ MicrosoftAppId: GUID })).toEqual(['KLANKBORD_MODE modeWithApp']);
  });

  test('reads the key from a file, and from one place only', () => {
    const file = join(folder, 'key');
    writeFileSync(file, `${KEY}\n`);
    expect(loadConfig({ KLANKBORD_KEY_FILE: file }).key?.reveal()).toBe(KEY);
    expect(problemsOf({ KLANKBORD_KEY_FILE: file, KLANKBORD_KEY: KEY })).toEqual([
      'KLANKBORD_KEY_FILE keyTwice',
    ]);
    expect(problemsOf({ KLANKBORD_KEY_FILE: school })).toEqual(['KLANKBORD_KEY_FILE keyFile']);
  });

  test('does not show a secret when it is printed', () => {
    const secret = new Secret('hunter2');
    expect(
      `${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret }, { depth: 5 })}`,
    ).not.toContain('hunter2');
    expect(inspect(loadConfig(TEAMS), { depth: 9 }) + JSON.stringify(loadConfig(TEAMS))).not.toContain(
      'geheim',
    );
    expect(secret.reveal()).toBe('hunter2');
  });

  test('has a remedy in every language for every mistake it can report', () => {
    const [nl, en] = [operatorTexts('nl'), operatorTexts('en')];
    const codes = 'port host hostLocal mode modeWithApp databaseUrl schoolFile schoolFileMissing playground';
    const more = 'quietSeconds key keyFile keyMissing keyTwice log guid appIdMissing appType tenantMissing';
    for (const code of `${codes} ${more} passwordMissing passwordWithMsi`.split(' '))
      for (const say of [nl, en]) expect(say(`config.${code}`)).not.toBe('');
  });
});
