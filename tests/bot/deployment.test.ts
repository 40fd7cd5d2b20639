/** What is deployed and how: files that no tool here can run are held against what the program and each other say. */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const there = (path: string) => existsSync(new URL(path, root));
const namesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name ?? '');

/** Every setting that the program knows. */
const SETTINGS = namesIn(read('.env.example'), /^([A-Za-z_]+)=/gmu);
const PLATFORM = ['NODE_ENV', 'SCM_DO_BUILD_DURING_DEPLOYMENT'];
const known = (names: readonly string[]) =>
  names.filter((name) => !SETTINGS.includes(name) && !PLATFORM.includes(name));

describe('the container', () => {
  const docker = read('Dockerfile');

  test('has every folder that the program is made of, and lets nothing else in', () => {
    const copied = namesIn(docker, /^COPY (\w+) /gmu);
    expect([...copied].sort()).toEqual(['bot', 'dialogs', 'locales', 'machines']);
    const let_in = namesIn(read('.dockerignore'), /^!(\S+)/gmu);
    const needed = namesIn(docker, /^COPY (?!--from)(.+) \S+$/gmu).flatMap((line) => line.split(' '));
    expect([...new Set(needed)].sort()).toEqual([...let_in].sort());
  });

  test('sets what the program reads, and runs as nobody in particular', () => {
    expect(known(namesIn(docker.replaceAll('ENV ', '\n'), /(?:^| )([A-Za-z_]+)=/gmu))).toEqual([]);
    expect(docker).toMatch(/^USER node$/mu);
    expect(docker).toContain('--omit=dev');
    expect(docker).toContain(`FROM node:${read('package.json').match(/"node": "\^(\d+)/u)?.[1]}-`);
  });

  test('in pairs: two replicas, a database that is not reachable from outside, nothing but messages let in', () => {
    const { services, networks } = parse(read('compose.yaml')) as {
      services: Record<
        string,
        { environment: Record<string, string>; networks: string[]; deploy?: { replicas: number } }
      >;
      networks: Record<string, { internal?: boolean }>;
    };
    expect(known(Object.keys(services['bot']!.environment))).toEqual([]);
    expect(services['bot']!.deploy?.replicas).toBe(2);
    expect(services['database']!.networks).toEqual(['inside']);
    expect(networks['inside']).toEqual({ internal: true });
    expect(namesIn(read('infra/proxy/Caddyfile'), /\bpath (\S+)/gu)).toEqual(['/api/messages']);
  });
});

describe('in Azure', () => {
  const main = read('infra/azure.bicep');
  const params = [...main.matchAll(/^param (\w+) \w+( =)?/gmu)].map(([, name, rest]) => ({
    name,
    given: !!rest,
  }));
  const outputs = namesIn(main, /^output (\w+) /gmu);

  test('brackets close, modules are there, and every parameter of a module is given', () => {
    for (const path of ['infra/azure.bicep', 'infra/botRegistration/azurebot.bicep']) {
      const code = read(path)
        .replace(/'(?:[^'\\]|\\.)*'/gu, "''")
        .replace(/\/\/.*$/gmu, '');
      for (const [open, close] of ['{}', '[]', '()'])
        expect(code.split(open!).length).toBe(code.split(close!).length);
    }
    for (const path of namesIn(main, /^module \w+ '([^']+)'/gmu)) {
      expect(there(`infra/${path}`)).toBe(true);
      const given = main.slice(main.indexOf(`'${path}'`));
      for (const name of namesIn(read(`infra/${path}`), /^param (\w+)/gmu))
        expect(given).toMatch(new RegExp(`^    ${name}: `, 'mu'));
    }
  });

  test('the bot gets settings that it knows, and secrets from the vault only', () => {
    const settings = [...main.matchAll(/\{ name: '(\w+)', value: (.+) \}/gu)];
    expect(known(settings.map(([, name]) => name ?? ''))).toEqual([]);
    for (const [, name, value] of settings)
      if (/PASSWORD|KEY$|DATABASE_URL/iu.test(name ?? '')) expect(value).toContain('${secretOf}');
    for (const secret of namesIn(main, /\$\{secretOf\}([\w-]+)\)/gu))
      expect(main).toContain(`name: '${secret}'`);
  });

  test('what must be given is given, and what the toolkit refers to is there', () => {
    const { parameters } = JSON.parse(read('infra/azure.parameters.json')) as { parameters: object };
    for (const name of Object.keys(parameters)) expect(params.map((param) => param.name)).toContain(name);
    for (const { name, given } of params) if (!given) expect(parameters).toHaveProperty(name!);

    const kit = read('m365agents.yml');
    const variables = namesIn(read('env/.env.dev'), /^#?\s*([A-Z_]{6,})(?:=| {2})/gmu);
    const written = namesIn(kit, /writeToEnvironmentFile: \{ \w+: (\w+) \}/gu);
    for (const text of [kit, read('infra/azure.parameters.json')])
      for (const name of namesIn(text, /\$\{\{(\w+)\}\}/gu))
        expect([...variables, ...outputs, ...written]).toContain(name);
    for (const path of namesIn(kit, /(?:path|parameters|ignoreFile): (?:\.\/)?(\S+)/gu))
      expect(there(path)).toBe(true);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const script of namesIn(kit, /args: run (\w+)/gu)) expect(Object.keys(scripts)).toContain(script);
  });

  test('only regions of the EU are offered', () => {
    const [, regions = ''] = /@allowed\(\[([^\]]+)\]\)\nparam location/u.exec(main) ?? [];
    expect(namesIn(regions, /'(\w+)'/gu).filter((one) => /^(us|uk|asia|east|swiss)/u.test(one))).toEqual([]);
    expect(regions).toContain('westeurope');
  });
});
