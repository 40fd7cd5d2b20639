/** The package for Teams: taken by Microsoft's schemas, the same bytes every time, every mistake told at once. */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import {
  MENU,
  appLanguages,
  packageFiles,
  readPackageSettings,
  schemaProblems,
  zipPackage,
} from '../../bot/app-package.ts';
import { EnvironmentError } from '../../bot/errors.ts';
import { operatorTexts } from '../../bot/operator.ts';
import { readCommand } from '../../dialogs/commands.ts';
import { loadTexts } from '../../locales/index.ts';

const texts = loadTexts();
const ENV = {
  MicrosoftAppId: '6F1E9A6C-3F1B-4C58-9A76-0D1F1A2B3C4D',
  KLANKBORD_APP_VERSION: '1.2.3',
  KLANKBORD_DEVELOPER: 'Stichting Zonneboom',
  KLANKBORD_WEBSITE_URL: 'https://www.zonneboom.nl/klankbord',
  KLANKBORD_PRIVACY_URL: 'https://www.zonneboom.nl/klankbord/privacy',
  KLANKBORD_TERMS_URL: 'https://www.zonneboom.nl/klankbord/voorwaarden',
};
const build = (env: Record<string, string> = ENV) => packageFiles(readPackageSettings(env), texts);

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    readPackageSettings(env);
  } catch (error) {
    if (error instanceof EnvironmentError)
      return Object.fromEntries(error.problems.map(({ name, code }) => [name, code]));
    throw error;
  }
  return {};
}

describe('the manifest', () => {
  it.each([undefined, 'v1.19', 'v1.29', 'v1.30'])('is taken by the schema (%s)', async (version) => {
    expect(await schemaProblems(build(), version)).toEqual([]);
  });

  it('and the schema does find mistakes', async () => {
    const files = build();
    const manifest = JSON.parse(new TextDecoder().decode(files.get('manifest.json'))) as object;
    files.set(
      'manifest.json',
      new TextEncoder().encode(JSON.stringify({ ...manifest, surplus: 1, id: 'x' })),
    );
    expect((await schemaProblems(files)).length).toBeGreaterThanOrEqual(2);
  });

  it('is for a chat of one person, with the ids and addresses of the settings', () => {
    const manifest = JSON.parse(new TextDecoder().decode(build().get('manifest.json'))) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      id: ENV.MicrosoftAppId.toLowerCase(),
      version: '1.2.3',
      bots: [{ botId: ENV.MicrosoftAppId.toLowerCase(), scopes: ['personal'], supportsFiles: true }],
      developer: { name: 'Stichting Zonneboom', privacyUrl: ENV.KLANKBORD_PRIVACY_URL },
    });
    expect(JSON.stringify(manifest)).not.toContain('${{');
  });

  it('speaks every language we have, and Flemish where it differs', () => {
    const tags = appLanguages(texts).map(({ tag }) => tag);
    expect(tags).toEqual(expect.arrayContaining(['nl', 'nl-BE', 'en', 'de']));
    for (const code of texts.codes) expect(tags).toContain(texts.language(code).tag);
  });

  it('offers commands that the chat understands', () => {
    for (const { tag, titles } of appLanguages(texts)) {
      const language = texts.language(tag.slice(0, 2));
      expect(titles.map((title) => readCommand(title, language)?.id)).toEqual(MENU);
    }
  });

  it('keeps to the lengths that the manifest allows', () => {
    for (const { tag, texts: own } of appLanguages(texts)) {
      expect([tag, own.name.short.length <= 30, own.name.full.length <= 100]).toEqual([tag, true, true]);
      expect([tag, own.description.short.length <= 80]).toEqual([tag, true]);
    }
  });
});

describe('the zip', () => {
  it('has the same bytes every time, in every time zone', () => {
    const zone = process.env['TZ'];
    const made = ['UTC', 'Asia/Tokyo', 'America/New_York'].map((tz) => {
      process.env['TZ'] = tz;
      return Buffer.from(zipPackage(build())).toString('base64');
    });
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    expect(new Set(made).size).toBe(1);
  });

  it('opens again, with the manifest at its top', () => {
    const entries = unzipSync(zipPackage(build()));
    expect(Object.keys(entries)).toEqual([
      ...['manifest.json', 'color.png', 'outline.png'],
      ...['nl-BE.json', 'de.json', 'en.json'],
    ]);
  });
});

describe('the settings', () => {
  it('are all asked for at once', () => {
    expect(problemsOf({ PATH: '/bin' })).toEqual({
      MicrosoftAppId: 'appIdMissing',
      KLANKBORD_DEVELOPER: 'developerMissing',
      KLANKBORD_WEBSITE_URL: 'urlMissing',
      KLANKBORD_PRIVACY_URL: 'urlMissing',
      KLANKBORD_TERMS_URL: 'urlMissing',
    });
  });

  it('are not taken when no teacher could open the address, or no app has the id', () => {
    expect(
      problemsOf({
        MicrosoftAppId: '00000000-0000-0000-0000-000000000001',
        KLANKBORD_APP_ID: 'klankbord',
        KLANKBORD_APP_VERSION: '1.0',
        KLANKBORD_DEVELOPER: 'x'.repeat(33),
        KLANKBORD_WEBSITE_URL: 'http://www.zonneboom.nl',
        KLANKBORD_PRIVACY_URL: 'https://example.org/privacy',
        KLANKBORD_TERMS_URL: 'https://localhost:3978/terms',
      }),
    ).toEqual({
      MicrosoftAppId: 'guidExample',
      KLANKBORD_APP_ID: 'guid',
      KLANKBORD_APP_VERSION: 'version',
      KLANKBORD_DEVELOPER: 'developerLong',
      KLANKBORD_WEBSITE_URL: 'url',
      KLANKBORD_PRIVACY_URL: 'urlExample',
      KLANKBORD_TERMS_URL: 'urlExample',
    });
  });

  it('have a sentence for each mistake, in each language of operators', () => {
    const source = readFileSync(new URL('../../bot/app-package.ts', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/'((?:guid|url|developer|appId|version)\w*)'/gu)].map(
      (m) => m[1] ?? '',
    );
    expect(codes.length).toBeGreaterThanOrEqual(9);
    for (const lang of ['nl', 'en', 'de'])
      for (const code of codes) expect(operatorTexts(lang)(`package.${code}`)).not.toBe('');
  });

  it('may come from the Agents Toolkit, under its names', () => {
    const { MicrosoftAppId, ...rest } = ENV;
    const settings = readPackageSettings({ ...rest, BOT_ID: MicrosoftAppId, MicrosoftAppId: ' ' });
    expect(settings.BOT_ID).toBe(MicrosoftAppId.toLowerCase());
  });
});

describe('the icons', () => {
  const icon = (name: string) =>
    pixels(readFileSync(new URL(`../../appPackage/${name}.png`, import.meta.url)));

  it('in colour is 192 by 192 and fills its square', () => {
    const { width, height, rgba } = icon('color');
    expect([width, height]).toEqual([192, 192]);
    expect(rgba.every(([, , , alpha]) => alpha === 255)).toBe(true);
  });

  it('in outline is 32 by 32, white on nothing', () => {
    const { width, height, rgba } = icon('outline');
    expect([width, height]).toEqual([32, 32]);
    const shown = rgba.filter(([, , , alpha]) => alpha > 0);
    expect(shown.length).toBeGreaterThan(50);
    expect(shown.length).toBeLessThan(600);
    expect(shown.every(([r, g, b]) => r === 255 && g === 255 && b === 255)).toBe(true);
  });
});

type Rgba = readonly [number, number, number, number];

/** An 8-bit PNG without interlacing, RGB or RGBA: what the renderer writes. */
function pixels(png: Buffer): { width: number; height: number; rgba: Rgba[] } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const size = png[25] === 6 ? 4 : 3;
  expect([png[24], png[28]]).toEqual([8, 0]);
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const row = width * size;
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x += 1) {
      const left = x < size ? 0 : (out[y * row + x - size] ?? 0);
      const up = y === 0 ? 0 : (out[(y - 1) * row + x] ?? 0);
      const corner = x < size || y === 0 ? 0 : (out[(y - 1) * row + x - size] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[y * row + x] = ((raw[y * (row + 1) + 1 + x] ?? 0) + guess) & 255;
    }
  }
  const at = (i: number): number => out[i] ?? 0;
  const rgba = Array.from({ length: width * height }, (_, i): Rgba => {
    const p = i * size;
    return [at(p), at(p + 1), at(p + 2), size === 4 ? at(p + 3) : 255];
  });
  return { width, height, rgba };
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
