/** The file that Word opens: whatever people typed, it is a document, and nothing in it acts. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { renderDocument } from '../../bot/document.ts';
import { fileName, PAGE, PAGES, plain, type Block, type Paper } from '../../dialogs/paper.ts';
import { profilePaper } from '../../dialogs/profile-document.ts';
import { loadTexts } from '../../locales/index.ts';
import type { Profile } from '../../machines/profile.ts';
import { profileOf, STORIES } from '../support/told.ts';
import { xmlProblem } from '../support/xml.ts';

const texts = loadTexts();

function paperOf(blocks: readonly Block[], more: Partial<Paper> = {}): Paper {
  return { title: 'Titel', tag: 'nl', header: 'Boven', footer: `Blad ${PAGE} van ${PAGES}`, blocks, ...more };
}

/** The parts of the file; every one of them that is XML is well-formed. */
async function open(paper: Paper): Promise<Readonly<Record<string, string>>> {
  const parts = unzipSync(await renderDocument(paper));
  const read = Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, strFromU8(bytes)]));
  for (const [name, xml] of Object.entries(read)) {
    expect(name).toMatch(/\.(xml|rels)$/u);
    expect([name, xmlProblem(xml)]).toEqual([name, null]);
  }
  return read;
}

const unescape = (xml: string): string =>
  xml.replace(
    /&(amp|lt|gt|quot|apos);/gu,
    (_, n: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[n] ?? '',
  );
const shown = (xml: string): string =>
  unescape([...xml.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>|<w:br\/>/gu)].map((m) => m[1] ?? '\n').join(''));

/** What people type, and what they should not have to fear. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '</w:t></w:r>',
        '<w:fldSimple w:instr="DDEAUTO c:\\\\calc"/>',
        '{ INCLUDETEXT "x" }',
        "=cmd|' /C calc'!A0",
        '&amp;',
        ']]>',
        '"',
        '\u0000',
        '\u0001',
        '\u0002',
        '\u000b',
        '\u202e',
        '\ud800',
        '\udc00',
        '\ufffe',
        '\u{1fffe}',
        '\r\n',
        '\u2028',
        '\t',
        '{{alias}}',
        'https://example.org',
        '😀',
        'é',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('a document', () => {
  it('opens, and says what was typed, whatever that was', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, other) => {
        const blocks: Block[] = [
          { kind: 'heading', level: 2, text },
          { kind: 'paragraph', text: other, tone: 'soft' },
          { kind: 'quote', mark: '●', text, source: `(${other})` },
          { kind: 'list', items: [text, other], numbered: true },
          { kind: 'list', items: [other] },
          {
            kind: 'table',
            title: text,
            description: other,
            widths: [1, 2],
            rows: [
              ['a', text],
              [other, 'b'],
            ],
          },
        ];
        const parts = await open(paperOf(blocks, { title: text, header: other, footer: `${text}${PAGE}` }));
        const body = parts['word/document.xml'] ?? '';
        const said = shown(body);
        expect(said).toContain(`“${plain(text)}”`);
        expect(said).toContain(plain(other));
        expect(body).not.toMatch(/(?:<w:pStyle [^>]*>){2}/u);
        for (const xml of Object.values(parts)) {
          expect(xml).not.toMatch(
            /<w:(?:hyperlink|fldSimple|altChunk|object|drawing|pict)\b|<[^<]*TargetMode="External"/u,
          );
          for (const [, field] of xml.matchAll(/<w:instrText[^>]*>([^<]*)</gu))
            expect(field?.trim()).toMatch(/^(PAGE|NUMPAGES)$/u);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has a language, headings, a header row, a described table and nobody’s name', async () => {
    const profile = profileOf(STORIES.nl.normal, 'nl');
    const view = { profile, coach: 'Noor', date: '22 november 2026', questions: ['Wat valt op?'] };
    const parts = await open(profilePaper(texts.language('nl'), view, 'coach'));
    const body = parts['word/document.xml'] ?? '';
    expect(parts['word/styles.xml']).toContain('<w:lang w:val="nl-NL"');
    expect(parts['word/styles.xml']).toContain('w:ascii="Arial"');
    expect(body).toContain('<w:pStyle w:val="Title"/>');
    expect(body.match(/<w:pStyle w:val="Heading1"\/>/gu)).toHaveLength(3);
    expect(body.match(/<w:tblHeader\/>/gu)).toHaveLength(1);
    expect(body).toContain('<w:tblCaption w:val="Wat er per moment is verteld"/>');
    expect(body).toMatch(/<w:tblDescription w:val="Tabel. Aantal momenten: \d/u);
    expect(parts['word/header1.xml']).toContain('Geen diagnostisch instrument');
    const properties = Object.entries(parts).filter(([name]) => name.startsWith('docProps/'));
    const metadata = properties.map(([, xml]) => xml).join('');
    expect(metadata).not.toMatch(/Noor|Vos|Un-named/u);
    expect(metadata).toContain('<dc:creator>Klankbord</dc:creator>');
  });

  it.each([
    ['en', 'en-GB'],
    ['de', 'de-DE'],
    ['nl-BE', 'nl-BE'],
  ])('in %s is written as %s', async (tag, written) => {
    const parts = await open(paperOf([], { tag }));
    expect(parts['word/styles.xml']).toContain(`<w:lang w:val="${written}"`);
  });

  it('opens for a profile of any sentences', async () => {
    const story = STORIES.nl.long;
    const profile = profileOf(story, 'nl');
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, word) => {
        const strange = JSON.parse(JSON.stringify(profile)) as Profile;
        const quotes = strange.aspects.flatMap((aspect) => aspect.quotes) as { text: string }[];
        for (const quote of quotes) quote.text = text;
        const mixed: Profile = {
          ...strange,
          alias: word,
          words: [
            { word, step: 'q2_word1' },
            { word: text, step: null },
          ],
        };
        const view = { profile: mixed, coach: text, date: word, questions: [text] };
        for (const copy of ['coach', 'teacher'] as const)
          await open(profilePaper(texts.language('de'), view, copy));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the name of the file', () => {
  it('is safe everywhere, whatever the words', () => {
    fc.assert(
      fc.property(anyText, (words) => {
        expect(fileName(words, '2026-11-22')).toMatch(/^[a-z0-9-]+-2026-11-22\.docx$/u);
      }),
    );
  });
  it('keeps the words that a name can hold', () => {
    expect(fileName('Beziehungsprofil: Entwürfe', '2026-11-22')).toBe(
      'beziehungsprofil-entwurfe-2026-11-22.docx',
    );
  });
});

describe('the check of the XML', () => {
  it.each([
    ['<a><b></a></b>'],
    ['<a>&nbsp;</a>'],
    ['<a b="1" b="2"/>'],
    ['<a>\u0001</a>'],
    ['<a/><b/>'],
    ['<a b="<"/>'],
    ['<a>'],
  ])('sees what is wrong in %j', (xml) => {
    expect(xmlProblem(xml)).not.toBeNull();
  });
});
