/** What people write stays text, in every card. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { card, choiceList, heading, paragraph, plain, sentenceRow, table } from '../../../dialogs/cards.ts';
import { cardProblems } from '../../support/card-check.ts';

interface AdaptiveCards {
  AdaptiveCard: new () => {
    parse(json: unknown, context: unknown): void;
    validateProperties(): { validationEvents: { message: string }[] };
  };
  SerializationContext: new () => { eventCount: number; getEventAt(i: number): { message: string } };
}
const adaptive = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as AdaptiveCards;

const HOSTILE = [
  '{{DATE(2026-01-01)}} {{TIME(2026-01-01T00:00:00Z)}}',
  '[klik](https://example.test) ![x](https://example.test/x.png)',
  '<at>Iedereen</at> <b>vet</b> <script>alert(1)</script>',
  '**vet** _schuin_ `code` # kop\n- lijst\n> citaat',
  'gewoon \u202egnissergnad\u202c en \u2066verstopt\u2069',
  'bel\u0007 en nul\u0000',
  '{{{{DATE}}}}',
];

describe('a card', () => {
  it.each(HOSTILE)('shows %j as it is typed', (text) => {
    const made = card(
      [
        heading('Titel'),
        ...paragraph(text),
        sentenceRow(1, text, 'Zin 1 houden', true),
        table([[{ text, header: true }]], [1]),
      ],
      [{ title: 'Klaar', id: 'abc-0' }],
      'nl',
      text,
    );
    expect(cardProblems(made)).toEqual([]);
    expect(JSON.stringify(made)).not.toMatch(/\\u0000|\\u0007|[\u202a-\u202e\u2066-\u2069]/u);
    expect(JSON.stringify(made)).not.toContain('{{');
    // Markdown lives in a TextBlock only: what people write never stands in one.
    const blocks = JSON.stringify(made).match(/\{"type":"TextBlock"[^}]*\}/gu) ?? [];
    for (const block of blocks) expect(block).toContain('Titel');
  });

  it('keeps whatever is typed a text run: no macro, mention, link, override or control character works', () => {
    const bits = fc.constantFrom(
      ...HOSTILE,
      '{{',
      '}}',
      '{',
      '}',
      '${x}',
      '<at>',
      '](',
      '\u202e',
      '\u2067',
      '\u0001',
      '\n',
      '\r',
    );
    const texts = fc
      .array(fc.oneof(bits, fc.string({ unit: 'binary' })), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const made = card([...paragraph(text), sentenceRow(1, text, 'Zin 1', true)], [], 'nl', text);
        const all = JSON.stringify(made);
        // eslint-disable-next-line no-control-regex -- what must not be there
        expect(plain(text)).not.toMatch(/\{\{|\}\}|[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u007f]/u);
        expect(all).not.toContain('"TextBlock"');
        expect(all).not.toContain('{{');
        expect(plain(plain(text))).toBe(plain(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is one that the renderer of Teams takes without remarks', () => {
    const made = card(
      [
        heading('Titel'),
        ...paragraph('Een\nTwee', { subtle: true, size: 'small' }),
        sentenceRow(2, 'Zin', 'Zin 2 houden', false),
        choiceList('feelings', 'Kies', [{ id: 'tired', title: 'moe' }]),
        table([[{ text: 'A', header: true }], [{ text: '●' }]], [1]),
      ],
      [{ title: 'Klaar', id: 'abc-0' }],
      'nl',
      'tekst',
    );
    const context = new adaptive.SerializationContext();
    const parsed = new adaptive.AdaptiveCard();
    parsed.parse(made, context);
    const remarks = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
    expect(remarks).toEqual([]);
    expect(parsed.validateProperties().validationEvents.map((e) => e.message)).toEqual([]);
  });
});

describe('plain text', () => {
  it('keeps what languages need', () => {
    expect(plain('Zoë zei: “ça va?” 😊\u200d — שלום')).toBe('Zoë zei: “ça va?” 😊\u200d — שלום');
  });
});
