/** The page a school reads through: everything that can be asked is on it, in every language, and nothing comes from elsewhere. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { previewPage } from '../../bot/preview.ts';
import { parseSchools } from '../../bot/school.ts';
import { loadTexts } from '../../locales/index.ts';
import { PROMPT_IDS } from '../../machines/prompt-linter.ts';

const texts = loadTexts();
const EXAMPLE = readFileSync(new URL('../../school.example.yaml', import.meta.url), 'utf8');

test.each(texts.codes)(
  '%s: every question and follow-up with its rule, and nothing left to fill in',
  (code) => {
    const page = previewPage({ schools: parseSchools(EXAMPLE), language: texts.language(code), now: 0 });
    for (const id of PROMPT_IDS) expect([id, page.includes(`id="${id}"`)]).toEqual([id, true]);
    expect(page).not.toMatch(/\{\{|undefined/u);
    for (const sign of ['\u0001', '\u0002']) expect(page).not.toContain(sign);
    expect(page).not.toMatch(/<script|src=|@import|url\(|https?:\/\/(?!www\.w3)/u);
    expect(page).toContain(`<html lang="${texts.language(code).tag}">`);
  },
);

test('shows the school’s own text, words and form of address, and takes no markup from them', () => {
  const school = EXAMPLE.replace('terms: {}', 'terms: { nl: { pupil: kind } }')
    .replace('address: informal', 'address: formal')
    .replace('name: Voorbeeldschool', 'name: "De <b>Klank</b>"')
    .replace('prompts: {}', 'prompts:\n  nl:\n    P-OWN: En wat gebeurde er bij u vanbinnen?');
  const page = previewPage({ schools: parseSchools(school), language: texts.language('nl'), now: 0 });
  expect(page).toMatch(/En wat gebeurde er bij u vanbinnen\? <span class="tag">eigen tekst van de school/u);
  expect(page).toContain('tussen u en één kind');
  expect(page).toContain('De &lt;b&gt;Klank&lt;/b&gt;');
});
