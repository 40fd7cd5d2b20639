/** What stands in the document of a profile, and on whose copy. */
import { describe, expect, it } from '@jest/globals';
import type { Block } from '../../../dialogs/paper.ts';
import { questionLines } from '../../../dialogs/coach-card.ts';
import { profilePaper } from '../../../dialogs/profile-document.ts';
import { loadTexts } from '../../../locales/index.ts';
import type { Profile, Quote } from '../../../machines/profile.ts';
import { profileOf, STORIES } from '../../support/told.ts';

const texts = loadTexts();
const QUESTIONS = ['Welk moment wil je samen nog eens langslopen?'];

function blocksOf(
  profile: Profile,
  copy: 'coach' | 'teacher',
  lang = 'nl',
  questions = QUESTIONS,
): readonly Block[] {
  const view = { profile, coach: 'Noor', date: '22 november 2026', questions };
  return profilePaper(texts.language(lang), view, copy).blocks;
}
const said = (blocks: readonly Block[]): string => JSON.stringify(blocks);
const quotesIn = (blocks: readonly Block[]) => blocks.flatMap((b) => (b.kind === 'quote' ? [b.text] : []));
const allOf = (profile: Profile): Quote[] => [
  ...new Map(profile.aspects.flatMap(({ quotes }) => quotes).map((q) => [q.id, q])).values(),
];
/** The first page: up to the first heading that begins a new one. */
const firstPage = (blocks: readonly Block[]): readonly Block[] => {
  const end = blocks.findIndex((b) => b.kind === 'heading' && b.newPage);
  return end < 0 ? blocks : blocks.slice(0, end);
};

describe('the document of a profile', () => {
  it.each(['nl', 'en'] as const)('has every sentence of the teacher, word for word (%s)', (lang) => {
    for (const story of Object.values(STORIES[lang])) {
      const profile = profileOf(story, lang);
      const shown = quotesIn(blocksOf(profile, 'teacher', lang));
      for (const quote of allOf(profile)) expect(shown).toContain(quote.text);
    }
  });

  it('has at most three sentences per aspect on the first page; the others are in the appendix', () => {
    const profile = profileOf(STORIES.nl.long, 'nl');
    const blocks = blocksOf(profile, 'teacher');
    let inARow = 0;
    for (const block of firstPage(blocks)) {
      inARow = block.kind === 'quote' ? inARow + 1 : 0;
      expect(inARow).toBeLessThanOrEqual(3);
    }
    const appendix = blocks.slice(firstPage(blocks).length);
    expect(said(appendix)).toContain('Bijlage');
    const left = quotesIn(appendix).length;
    expect(said(firstPage(blocks))).toContain(`Zinnen in de bijlage: ${left}.`);
  });

  it('puts a sentence that is too long for the page in the appendix, whole', () => {
    const long = `${'Ik bleef het maar vragen en hij bleef nee zeggen, '.repeat(160)}en toen was het stil.`;
    const story = { ...STORIES.nl.short, told: [...STORIES.nl.short.told, ['q7_view', null, long] as const] };
    const blocks = blocksOf(profileOf(story, 'nl'), 'teacher');
    expect(quotesIn(firstPage(blocks))).not.toContain(long);
    expect(quotesIn(blocks)).toContain(long);
    expect(said(firstPage(blocks))).toContain('Staat in de bijlage.');
  });

  it('has the questions and the feelings that may be talked away on the coach’s copy only', () => {
    const away = 'Ik was boos, maar het was niet zo erg.';
    const told = profileOf({ ...STORIES.nl.short, told: [['q4_off', null, away]] }, 'nl');
    const profile: Profile = {
      ...told,
      aspects: told.aspects.map((a) => ({
        ...a,
        quotes: a.quotes.map((q) => ({ ...q, talkingAway: true })),
      })),
    };
    expect(allOf(profile)).not.toEqual([]);
    const [coach, teacher] = [blocksOf(profile, 'coach'), blocksOf(profile, 'teacher')];
    expect(said(coach)).toContain(QUESTIONS[0]);
    expect(said(coach)).toContain('Gevoel weggepraat? (mogelijk)');
    expect(said(teacher)).not.toContain(QUESTIONS[0]);
    expect(said(teacher)).not.toContain('weggepraat');
    // Nothing else differs, and what is for the coach stands on a page of its own.
    expect(coach.slice(0, teacher.length)).toEqual(teacher);
    expect(coach[teacher.length]).toMatchObject({ kind: 'heading', newPage: true });
  });

  it.each(['nl', 'en', 'de'])('asks the coach two to four open questions (%s)', (lang) => {
    const language = texts.language(lang);
    for (const story of Object.values(STORIES.nl)) {
      const questions = questionLines(language, profileOf(story, 'nl'));
      expect(questions.length).toBeGreaterThanOrEqual(2);
      expect(questions.length).toBeLessThanOrEqual(4);
      for (const question of questions) expect(question).toMatch(/\?$/u);
    }
    const told = questionLines(texts.language('nl'), profileOf(STORIES.nl.short, 'nl'));
    expect(told.join(' ')).toContain('hoe Vos zich voelde');
  });

  it('says in words how a thing was told, and that what was not told is not yet discussed', () => {
    const profile = profileOf(STORIES.nl.short, 'nl');
    const blocks = blocksOf(profile, 'coach');
    const table = blocks.find((b) => b.kind === 'table');
    expect(table?.rows[0]).toEqual(['Moment', 'Feiten', 'Mijn gevoel', 'Gevoel van Vos', 'Wat ik deed']);
    const cells = table?.rows.slice(1).flatMap((row) => row.slice(1)) ?? [];
    expect(cells).toContain('– nog niet besproken');
    for (const cell of cells)
      expect(cell).toMatch(/^(● uit zichzelf|○ na een vraag|◇ uit de woordenlijst|– nog niet besproken)$/u);
    expect(said(blocks)).toContain('Niet besproken betekent niet dat het er niet was.');
    // A word without a moment, and aspects without a sentence.
    expect(said(blocks)).toContain('– nog niet besproken"');
    expect(said(blocks)).toContain('– Machteloosheid; ');
  });

  it('has no page for the coach when there is nothing to put on it', () => {
    const profile = profileOf(STORIES.nl.short, 'nl');
    expect(said(blocksOf(profile, 'coach', 'nl', []))).not.toContain('Alleen voor');
  });

  it('has the other answers in the appendix when the teacher shares them', () => {
    const profile = profileOf(STORIES.nl.normal, 'nl', 'all');
    const others = profile.others.map(({ text }) => text);
    expect(others).not.toEqual([]);
    expect(quotesIn(blocksOf(profile, 'teacher'))).toEqual(expect.arrayContaining(others));
  });

  it('of an empty profile still says what it is', () => {
    const profile = profileOf({ alias: 'Vos', words: [], told: [] }, 'nl');
    const paper = profilePaper(
      texts.language('nl'),
      { profile, coach: 'Noor', date: '22 november 2026', questions: [] },
      'coach',
    );
    expect(paper.header).toContain('Geen diagnostisch instrument');
    expect(said(paper.blocks)).toContain('Nog weinig over verteld');
  });
});
