import { describe, expect, test } from '@jest/globals';
import { MAX_PAYLOAD_BYTES, renderOutgoing } from '../../bot/render.ts';
import type { Label, Outgoing } from '../../dialogs/ports.ts';

const label: Label = { step: 'q1_words', kind: 'question', choices: [{ id: 'skip', say: 'overslaan' }] };
const message = (fields: Partial<Outgoing>): Outgoing => ({
  to: 'here',
  label,
  lang: 'nl-NL',
  text: 'Hoi *jij*',
  ...fields,
});
const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hoi' }] };

describe('an outgoing message', () => {
  test('without a card is plain text with its label', () => {
    expect(renderOutgoing(message({}))).toEqual({
      type: 'message',
      locale: 'nl-NL',
      textFormat: 'plain',
      text: 'Hoi *jij*',
      channelData: { klankbord: label },
    });
  });

  test('with a card has its words in the summary, and nothing twice on the screen', () => {
    expect(renderOutgoing(message({ card, suggestions: [{ title: 'Ja', say: 'ja' }] }))).toEqual({
      type: 'message',
      locale: 'nl-NL',
      summary: 'Hoi *jij*',
      channelData: { klankbord: label },
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { fallbackText: 'Hoi *jij*', speak: 'Hoi *jij*', ...card },
        },
      ],
    });
  });

  test('offers at most six suggestions, which say their word', () => {
    const suggestions = Array.from({ length: 8 }, (_, n) => ({ title: `T${n}`, say: `woord ${n}` }));
    const rendered = renderOutgoing(message({ suggestions }));
    expect(rendered?.suggestedActions?.actions).toHaveLength(6);
    expect(rendered?.suggestedActions?.actions[0]).toEqual({ type: 'imBack', title: 'T0', value: 'woord 0' });
  });

  test('repeats its words less when it grows heavy, and is refused when it is too heavy', () => {
    for (const length of [1_000, 8_000, 11_000, 20_000]) {
      const rendered = renderOutgoing(message({ card, text: 'x'.repeat(length) }));
      expect(Buffer.byteLength(JSON.stringify(rendered))).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      expect(rendered?.summary).toHaveLength(length);
    }
    const heavy = { ...card, body: [{ type: 'TextBlock', text: 'y'.repeat(24_000) }] };
    expect(renderOutgoing(message({ card: heavy, text: 'x'.repeat(20_000) }))?.summary).toHaveLength(300);
    expect(renderOutgoing(message({ card: { ...card, body: ['y'.repeat(30_000)] } }))).toBeNull();
    expect(renderOutgoing(message({ text: 'é'.repeat(13_000) }))).toBeNull();
  });
});
