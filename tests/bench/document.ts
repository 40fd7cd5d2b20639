/** `node tests/bench/document.ts`: how long the profile and its document take, for short and long conversations. */
import { renderDocument } from '../../bot/document.ts';
import { profilePaper, questionsFor } from '../../dialogs/profile-document.ts';
import { loadTexts } from '../../locales/index.ts';
import { createDefinition } from '../../machines/definition.ts';
import type { ProbeId } from '../../machines/follow-up.ts';
import { buildProfile } from '../../machines/profile.ts';
import { answersOf, STORIES, type Story } from '../support/told.ts';
import { median, quantile } from './measure.ts';

const TIMES = 200;
const WARM = 20;

/** The long story with as many follow-ups as an interview has, 14. */
function whole(lang: 'nl' | 'en'): Story {
  const story = STORIES[lang].long;
  const probes: readonly ProbeId[] = ['P-OWN', 'P-WHY', 'P-SHORT', 'P-EXC'];
  const told = [...story.told];
  const asked = () => told.filter(([, probe]) => probe !== null).length;
  for (const probe of probes)
    for (const [step, , text] of story.told.filter(([, own]) => own === null)) {
      if (asked() === 14) break;
      if (step !== 'r2_add' && step !== 'q8_best') told.push([step, probe, text]);
    }
  return { ...story, told };
}

async function time(work: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < TIMES + WARM; n += 1) {
    const began = performance.now();
    await work();
    if (n >= WARM) times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

async function documentTimes(): Promise<void> {
  const texts = loadTexts();
  const line = (name: string, first: number, times: number[], more = '') =>
    console.log(
      `${name.padEnd(34)} first ${first.toFixed(1).padStart(6)} ms   median ${median(times).toFixed(2).padStart(6)} ms   p99 ${quantile(times, 0.99).toFixed(2).padStart(6)} ms${more}`,
    );
  for (const lang of ['nl', 'en'] as const) {
    const stories = { ...STORIES[lang], '14 follow-ups': whole(lang) };
    for (const [name, story] of Object.entries(stories)) {
      const answers = answersOf(story, lang);
      const { alias, words } = story;
      const definition = createDefinition();
      const build = () => buildProfile({ definition, answers, marks: {}, alias, words, scope: 'all' });
      let began = performance.now();
      const profile = build();
      line(`${lang} ${name}: profile`, performance.now() - began, await time(build));
      const language = texts.language(lang);
      const make = () => {
        const questions = questionsFor(language, profile);
        const view = { profile, coach: 'Noor', date: '22-11-2026', questions };
        return renderDocument(profilePaper(language, view, 'coach'));
      };
      began = performance.now();
      const bytes = await make();
      const first = performance.now() - began;
      line(`${lang} ${name}: document`, first, await time(make), `   ${(bytes.length / 1024).toFixed(1)} KB`);
    }
  }
}

await documentTimes();
