/**
 * `npm run preview -- --lang nl`: the whole script as one page that a school can read through and print. Self-contained: no
 * script, no font and no picture from elsewhere.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { operatorLanguage } from './config.ts';
import { ConfigError } from './errors.ts';
import { explain, operatorTexts } from './operator.ts';
import { loadSchools, type Schools } from './school.ts';
import { keyOfPrompt } from './school/check.ts';
import { contactTexts } from '../locales/contacts.ts';
import { loadTexts, type ChoiceId, type Language, type TextKey, type Under } from '../locales/index.ts';
import { createDefinition, QUESTION_IDS, questionRule } from '../machines/definition.ts';
import { holderOf, PROBES, type ProbeId } from '../machines/follow-up.ts';
import type { FollowUpId, PromptId } from '../machines/prompt-linter.ts';

const STYLE = `
:root { --ink:#26323a; --soft:#5d6b74; --line:#dde3e6; --paper:#fbfaf7; --card:#fff; --blue:#1d5f8a; --tint:#eaf3f8; --warm:#9a5b13; --warmtint:#fbf1e3 }
* { box-sizing:border-box }
body { margin:0; background:var(--paper); color:var(--ink); font:17px/1.55 Georgia,'Iowan Old Style','Noto Serif',serif }
main { max-width:46rem; margin:0 auto; padding:2.5rem 1.25rem 5rem }
h1 { font-size:2.1rem; line-height:1.2; margin:0 0 .6rem } h2 { font-size:1.45rem; margin:3rem 0 .8rem; padding-top:.6rem; border-top:2px solid var(--line) }
h3 { font-size:1.05rem; margin:0 0 .5rem; display:flex; flex-wrap:wrap; gap:.5rem; align-items:baseline }
p { margin:.35rem 0 } .soft { color:var(--soft) } .small,nav,.tag,code { font:14px/1.45 system-ui,'Segoe UI',Roboto,sans-serif }
nav a { color:var(--blue); margin-right:1rem; white-space:nowrap } nav { margin:1.2rem 0 }
section.item { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:1rem 1.2rem; margin:.9rem 0; break-inside:avoid }
section.off { opacity:.62 } ol,ul { margin:.4rem 0 .2rem; padding-left:1.5rem } li { margin:.25rem 0 }
mark { background:var(--tint); color:var(--blue); padding:0 .12em; border-radius:4px }
code { color:var(--soft) } .tag { background:var(--warmtint); color:var(--warm); border-radius:99px; padding:.05rem .6rem }
.rule { background:var(--tint); border-radius:8px; padding:.45rem .8rem; margin:.5rem 0 }
.say { border-left:3px solid var(--line); padding-left:.9rem; margin:.6rem 0; white-space:pre-line }
.button { display:inline-block; border:1px solid var(--blue); color:var(--blue); border-radius:8px; padding:.1rem .7rem; margin:.25rem .4rem .1rem 0 }
@media print { body { background:#fff; font-size:12pt } nav { display:none } section.item { border-color:#bbb } }
@media (prefers-color-scheme: dark) { :root { --ink:#e8ecee; --soft:#a5b1b8; --line:#39454c; --paper:#1b2226; --card:#232c31; --blue:#8cc4e6; --tint:#24394a; --warm:#efc28a; --warmtint:#43341f } }`;

const escape = (text: string): string =>
  text.replace(/[&<>"]/gu, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Signs that no text has, around what Klankbord fills in. */
const [OPEN, CLOSE] = ['\u0001', '\u0002'];
const filled = (text: string): string => `${OPEN}${text}${CLOSE}`;
const html = (text: string): string => escape(text).replaceAll(OPEN, '<mark>').replaceAll(CLOSE, '</mark>');

export interface PreviewOptions {
  readonly schools: Schools;
  readonly language: Language;
  /** Epoch ms. */
  readonly now: number;
}

/** The page. */
export function previewPage({ schools, language: plain, now }: PreviewOptions): string {
  const { file } = schools;
  const [school] = file.schools;
  const view = schools.viewOf(school?.id ?? '');
  const voice = view.voices?.[plain.code];
  const language = voice ? plain.with(voice) : plain;
  const t = (key: Under<'admin:preview'>, values: Record<string, string | number> = {}) =>
    language.t(`admin:preview.${key}`, values);
  const safety = contactTexts(file.contacts, language);
  const params: Record<string, string> = {
    ...safety,
    alias: filled(t('alias')),
    word: filled(t('word')),
    quote: filled(t('quote')),
    teacher: filled(t('quote')),
    coach: filled(view.coach.name),
    contact: filled(view.contact ?? view.coach.name),
  };
  const definition = createDefinition({
    depth: file.depth,
    optional: QUESTION_IDS.filter((id) => file.optional.includes(id)),
  });
  const say = (key: TextKey) => `<div class="say">${html(language.t(key, params))}</div>`;
  const buttons = (ids: readonly ChoiceId[]) =>
    `<p class="small">${escape(t('buttons'))} ${ids.map((id) => `<span class="button">${escape(language.choice(id).title)}</span>`).join('')}</p>`;
  const wordings = (id: PromptId, names: readonly string[] = []): string => {
    const key = keyOfPrompt(id);
    const lines = Array.from({ length: language.variants(key) }, (_, n) => {
      const own =
        voice?.own[`${key}.${n}`] === undefined ? '' : ` <span class="tag">${escape(t('ownText'))}</span>`;
      const name = names[n] === undefined ? '' : `<span class="soft small">${escape(names[n])}: </span>`;
      return `<li>${name}${html(language.variant(key, n, params))}${own}</li>`;
    });
    return `<ol>${lines.join('')}</ol>`;
  };
  const item = (id: string, title: string, body: string, tag = '', off = false): string =>
    `<section class="item${off ? ' off' : ''}" id="${escape(id)}"><h3><span>${html(title)}</span> <code>${escape(id)}</code>${tag === '' ? '' : `<span class="tag">${escape(tag)}</span>`}</h3>${body}</section>`;

  const questions = QUESTION_IDS.map((id) => {
    const on = definition.optional.includes(id);
    const tag = questionRule(id).optional ? t(on ? 'optionalOn' : 'optionalOff') : '';
    const off = questionRule(id).optional === true && !on;
    return item(
      id,
      language.t(`profile:moments.${id}`, params),
      wordings(id, [t('first'), t('second')]),
      tag,
      off,
    );
  });
  const followUp = (id: FollowUpId): string => {
    const probe = PROBES.find((known) => id.startsWith(known)) as ProbeId;
    const holder = holderOf(probe);
    const asks =
      holder === null
        ? ''
        : `<p class="small soft">${escape(t('asksFor'))} ${escape(t(holder === 'teacher' ? 'holderTeacher' : 'holderChild'))}</p>`;
    return item(
      id,
      '',
      `<p class="rule small"><b>${escape(t('when'))}</b> ${escape(t(`rules.${id}`))}</p>${asks}${wordings(id)}`,
    );
  };
  const order = PROBES.flatMap((probe): FollowUpId[] =>
    probe === 'P-OWN' || probe === 'P-CHILD'
      ? [probe, `${probe}_gentle` as const]
      : probe === 'P-EVENT'
        ? [probe, 'P-EVENT_closing']
        : [probe],
  );
  const acks = (['thanks', 'stay', 'next', 'quote'] as const).map((kind) => {
    const lines = Array.from(
      { length: language.variants(`acks:${kind}`) },
      (_, n) => `<li>${html(language.variant(`acks:${kind}`, n, params))}</li>`,
    );
    return `<ul>${lines.join('')}</ul>`;
  });
  const cards = (['S1', 'S2', 'S3', 'S4', 'S5'] as const).map((id) => say(`safety:card.${id}`));
  const date = new Intl.DateTimeFormat(language.tag, {
    dateStyle: 'long',
    timeZone: 'Europe/Amsterdam',
  }).format(now);
  const part = (id: string, title: string, body: string) => `<h2 id="${id}">${escape(title)}</h2>${body}`;
  const nav = (['opening', 'questions', 'followUps', 'short', 'review', 'cards', 'coach'] as const)
    .map((id) => `<a href="#${id}">${escape(t(id))}</a>`)
    .join('');
  const fixed = `<p class="soft small">${escape(t('fixed'))}</p>`;
  return `<!doctype html>
<html lang="${escape(language.tag)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(t('title'))}</title><style>${STYLE}</style></head><body><main>
<h1>${escape(t('title'))}</h1>
<p>${escape(t('intro', { school: school?.name ?? '' }))}</p>
<p class="small soft">${escape(language.name)} · ${escape(t('made', { date, version: view.version ?? 1 }))}</p>
<nav>${nav}</nav>
${part('opening', t('opening'), fixed + (['c1_bot', 'c2_data', 'c3_consent'] as const).map((id) => say(`interview:${id}`)).join('') + buttons(['start', 'more', 'notNow']) + (['c3_more', 'c4_alias', 'c5_frame'] as const).map((id) => say(`interview:${id}`)).join(''))}
${part('questions', t('questions'), questions.join(''))}
${part('followUps', t('followUps'), `<p>${escape(t('budget', { perMoment: definition.perMoment, budget: definition.budget }))}</p>${order.map(followUp).join('')}`)}
${part('short', t('short'), acks.join(''))}
${part('review', t('review'), fixed + (['r1_review', 'r2_add', 'r3_share'] as const).map((id) => say(`interview:${id}`)).join('') + buttons(['shareKept', 'shareAll', 'shareNone']) + say('interview:r4_state') + buttons(['stateFine', 'stateTouched', 'stateTalk']) + (['r5_shared', 'r5_kept', view.contact === null ? 'r5_talk_coach' : 'r5_end_talk'] as const).map((id) => say(`interview:${id}`)).join(''))}
${part('cards', t('cards'), fixed + cards.join(''))}
${part('coach', t('coach'), fixed + (['greeting', 'profileArrived'] as const).map((id) => say(`coach:${id}`)).join(''))}
</main></body></html>
`;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      lang: { type: 'string' },
      school: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
    strict: false,
  });
  const texts = loadTexts();
  const given = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const lang = given(values.lang) ?? operatorLanguage();
  const language = texts.language(texts.has(lang) ? lang : 'en');
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.help || !texts.has(lang)) {
    print(language.t('admin:preview.usage'));
    return values.help ? 0 : 2;
  }
  try {
    const example = fileURLToPath(new URL('../school.example.yaml', import.meta.url));
    const schools = loadSchools(given(values.school) ?? example);
    const out = given(values.out) ?? `klankbord-${lang}.html`;
    writeFileSync(out, previewPage({ schools, language, now: Date.now() }));
    print(language.t('admin:preview.written', { file: out }));
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error, operatorTexts(lang), {}).join('\n')}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
