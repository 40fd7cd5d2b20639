/** The prompt linter: what keeps a school's own question from being used, what it only warns about, and that ours pass. */
import { describe, expect, test } from '@jest/globals';
import { loadTexts, type VariantKey } from '../../../locales/index.ts';
import { isQuestion } from '../../../machines/definition.ts';
import {
  isUsable,
  lintPrompt,
  placeholdersFor,
  PROMPT_IDS,
  type PromptId,
} from '../../../machines/prompt-linter.ts';

const texts = loadTexts();
const termsOf = (lang: string) =>
  Object.values(texts.language(lang).terms()).flatMap((words) => Object.keys(Object.values(words)[0] ?? {}));

function lint(lang: string, id: PromptId, text: string, address: 'informal' | 'formal' = 'informal') {
  const words = texts.language(lang).linter();
  if (!words) throw new Error(`no linter for ${lang}`);
  return lintPrompt(id, text, { words, address, terms: termsOf(lang) });
}
const codes = (lang: string, id: PromptId, text: string, address?: 'formal') =>
  lint(lang, id, text, address).map(({ code }) => code);

describe('what keeps a question from being used', () => {
  test.each<[string, PromptId, string, string]>([
    ['nl', 'P-OWN', 'Was je boos?', 'feelingWord'],
    ['nl', 'P-OWN', 'Hoe gefrustreerd was je toen?', 'feelingWord'],
    ['nl', 'P-CHILD', 'Wat maakte {{alias}} zo verdrietig?', 'feelingWord'],
    ['nl', 'P-OWN', 'Waar zat je met je handen in het haar?', 'feelingWord'],
    ['en', 'P-OWN', 'Were you angry?', 'feelingWord'],
    ['en', 'P-CHILD', 'How upset was {{alias}} then? ', 'feelingWord'],
    ['de', 'P-OWN', 'Warst du wütend?', 'feelingWord'],
    ['de', 'P-OWN', 'Wie hilflos warst du da?', 'feelingWord'],
    ['nl', 'q3_click', 'Wat gebeurde er? En wat deed jij?', 'twoQuestions'],
    ['nl', 'q3_click', 'Het liep soepel.', 'noQuestion'],
    ['nl', 'q3_click', '   ', 'empty'],
    ['nl', 'q3_click', `Wat gebeurde er ${'toen '.repeat(70)}?`, 'tooLong'],
    ['nl', 'q2_word1', 'Vertel over een moment.', 'placeholderMissing'],
    ['nl', 'P-CHILD', 'Wat ging er om in de leerling?', 'placeholderMissing'],
    ['nl', 'P-OWN_gentle', 'Hoe was dat voor jou?', 'placeholderMissing'],
    ['nl', 'q3_click', 'Wat gebeurde er met {{naam}}?', 'placeholderUnknown'],
    ['nl', 'q3_click', 'Wat gebeurde er met {{word}}?', 'placeholderUnknown'],
    ['nl', 'q3_click', 'Wat gebeurde er met {alias}?', 'brace'],
    ['nl', 'q3_click', 'Kijk op https://example.org. Wat vind je?', 'markup'],
    ['nl', 'q3_click', 'Wat is **belangrijk**?', 'markup'],
  ])('%s %s: %s (%s)', (lang, id, text, code) => {
    expect(codes(lang, id, text)).toContain(code);
    expect(isUsable(lint(lang, id, text))).toBe(false);
  });
});

describe('what is only worth a second thought', () => {
  test.each<[string, PromptId, string, string]>([
    ['nl', 'P-OWN', 'Heb je toen iets gemerkt bij jezelf?', 'closed'],
    ['en', 'P-OWN', 'Did you notice anything in yourself?', 'closed'],
    ['de', 'P-OWN', 'Hast du bei dir etwas bemerkt?', 'closed'],
    ['nl', 'P-WHY', 'Waarom deed {{alias}} dat?', 'why'],
    ['en', 'P-WHY', 'Why did {{alias}} do that?', 'why'],
    ['de', 'P-WHY', 'Warum hat {{alias}} das getan?', 'why'],
    ['nl', 'P-OWN', 'Wat merkte je toch bij jezelf?', 'suggestive'],
    ['nl', 'q5_hard', 'Wat deed je goed bij {{alias}}?', 'evaluative'],
    ['nl', 'q1_words', 'Welke eigenschappen heeft {{alias}}?', 'traits'],
    ['nl', 'P-OWN', 'Hoe evalueer je dat moment?', 'hardWord'],
    ['nl', 'q7_view', 'Wat zou hij over de klas zeggen?', 'pronoun'],
    ['nl', 'P-OWN', 'Wat merkte je, en wat merkte u bij uzelf?', 'addressMixed'],
    ['nl', 'P-OWN', 'Wat merkte u bij uzelf?', 'addressOther'],
    ['de', 'P-OWN', 'Was haben Sie bei sich bemerkt?', 'addressOther'],
    ['nl', 'P-OWN', 'Vertel maar! Wat merkte je?', 'exclamation'],
  ])('%s %s: %s (%s)', (lang, id, text, code) => {
    expect(codes(lang, id, text)).toContain(code);
    expect(isUsable(lint(lang, id, text))).toBe(true);
  });

  test('u fits a school that says u, and je does not', () => {
    expect(codes('nl', 'P-OWN', 'Wat merkte u bij uzelf?', 'formal')).toEqual([]);
    expect(codes('nl', 'P-OWN', 'Wat merkte je bij jezelf?', 'formal')).toEqual(['addressOther']);
  });
});

describe('what is right', () => {
  test.each<[string, PromptId, string]>([
    ['nl', 'P-OWN', 'En wat gebeurde er bij jou vanbinnen?'],
    ['nl', 'q3_click', 'Wanneer ging het vanzelf tussen jou en {{alias}}? Vertel over dat ene moment.'],
    ['nl', 'q6_upset', 'Wat zag je bij {{alias}}? En wat deed jij toen?'],
    ['nl', 'q8_best', 'Tot slot: wat geeft jou voldoening als {{teacherWord}} van {{alias}}?'],
    ['nl', 'q4_off', 'Vertel over een keer dat jullie elkaar niet begrepen.'],
    ['en', 'P-CHILD', 'What was it like for {{alias}}, do you think?'],
    ['de', 'P-CHILD', 'Was ging wohl in {{alias}} vor?'],
  ])('%s %s: %s', (lang, id, text) => {
    expect(codes(lang, id, text)).toEqual([]);
  });

  test.each(
    texts.codes.flatMap((code) =>
      (['informal', 'formal'] as const).map((address): [string, 'informal' | 'formal'] => [code, address]),
    ),
  )('our own questions pass: %s, %s', (code, address) => {
    const language = texts.language(code).with({ address, terms: {}, own: {} });
    const marks = { alias: '{{alias}}', word: '{{word}}', quote: '{{quote}}', coach: '{{coach}}' };
    const found = PROMPT_IDS.flatMap((id) => {
      const key: VariantKey = isQuestion(id) ? `interview:${id}` : `probes:${id}`;
      return Array.from({ length: language.variants(key) }, (_, n) =>
        language.variant(key, n, marks),
      ).flatMap((text) =>
        lint(code, id, text, language.hasFormal ? address : 'informal').map((remark) => [
          id,
          text,
          remark.code,
          remark.found,
        ]),
      );
    });
    expect(found).toEqual([]);
  });

  test('every question says what must be in it', () => {
    for (const id of PROMPT_IDS) {
      const { must, may } = placeholdersFor(id);
      expect(must.filter((name) => may.includes(name))).toEqual([]);
    }
  });
});
