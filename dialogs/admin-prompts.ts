/** A school's own questions: what Klankbord asks now, an own text with the linter's remarks at once, and a trial of it. */
import type { Language, Under, VariantKey } from '../locales/index.ts';
import { begin, eventOf, fromStored, pendingOf, take, toStored } from '../machines/course.ts';
import {
  createDefinition,
  isQuestion,
  QUESTION_IDS,
  questionRule,
  type Definition,
  type QuestionId,
} from '../machines/definition.ts';
import { PROBES } from '../machines/follow-up.ts';
import type { InterviewEvent } from '../machines/interview.ts';
import type { Ask } from '../machines/slots.ts';
import { listen } from '../machines/listening/listen.ts';
import type { Presence } from '../machines/listening/types.ts';
import {
  isUsable,
  lintPrompt,
  placeholdersFor,
  PROMPT_IDS,
  type PromptId,
  type Remark,
} from '../machines/prompt-linter.ts';
import { readWords } from '../machines/words.ts';
import type { Admin } from './admin-desk.ts';
import { excerpt } from './asking.ts';
import { textInput } from './cards.ts';
import { normalise } from './commands.ts';
import type { SettingsView } from './ports.ts';
import { listeningFor } from './teacher.ts';

/** What is remembered of the question at hand. */
export interface AdminPrompts {
  readonly id?: PromptId;
  /** Number of the wording, from 1. */
  readonly n?: number;
  readonly draft?: string;
  /** Where the trial stands: the machine's snapshot, which holds no texts. */
  readonly trial?: unknown;
}

const EXCERPT = 70;

const keyOf = (id: PromptId): VariantKey => (isQuestion(id) ? `interview:${id}` : `probes:${id}`);

/** The texts as they are kept, with their placeholders. */
function wordingsOf(admin: Admin, id: PromptId): string[] {
  const { language } = admin;
  const own = admin.settings.view().prompts[language.code]?.[id] ?? {};
  return Array.from(
    { length: language.variants(keyOf(id)) },
    (_, n) => own[n + 1] ?? standardText(admin, id, n),
  );
}

/** Klankbord's own wording in the school's form of address. */
function standardText(admin: Admin, id: PromptId, n: number): string {
  const { talk, language } = admin;
  const voice = { address: admin.settings.view().address, terms: {}, own: {} } as const;
  return talk.texts.language(language.code).with(voice).variant(keyOf(id), n, OPEN);
}

/** Leaves the placeholders as they are. */
const OPEN = { alias: '{{alias}}', word: '{{word}}', quote: '{{quote}}', coach: '{{coach}}' };

/** How many wordings a question has. */
export const wordingCount = ({ language }: Admin, id: PromptId): number => language.variants(keyOf(id));

/** Every question with the beginning of its first wording; a star: the school's own. */
export function describePrompts(admin: Admin): { readonly id: PromptId; readonly title: string }[] {
  const own = admin.settings.view().prompts[admin.language.code] ?? {};
  return PROMPT_IDS.map((id) => ({
    id,
    title: `${id}${own[id] ? ' *' : ''}: ${excerpt(wordingsOf(admin, id)[0] ?? '', EXCERPT)}`,
  }));
}

export function putPrompts(admin: Admin): void {
  const { language } = admin;
  admin.go('prompts');
  const list = describePrompts(admin).map(({ title }, n) => `${n + 1}. ${title}`);
  admin.put(admin.text('promptsHow', { language: language.name, list: list.join('\n') }), [
    admin.word('menu'),
  ]);
}

export function putPrompt(admin: Admin, typed: string): void {
  const id = PROMPT_IDS[Number(typed) - 1] ?? PROMPT_IDS.find((known) => known.toLowerCase() === typed);
  if (!id) return admin.put(admin.text('unknown'), [admin.word('prompts'), admin.word('menu')]);
  admin.go('prompt', { id, n: 1, draft: undefined as never });
  const own = admin.settings.view().prompts[admin.language.code]?.[id] ?? {};
  const list = wordingsOf(admin, id).map(
    (text, n) => `${n + 1}. ${text}${own[n + 1] ? ` ${admin.text('ownMark')}` : ''}`,
  );
  const { must, may } = placeholdersFor(id);
  const named = (names: readonly string[]) => names.map((name) => shownPlaceholder(name)).join(', ');
  const placeholders = [
    ...(must.length > 0 ? [admin.text('placeholdersMust', { list: named(must) })] : []),
    ...(may.length > 0 ? [admin.text('placeholdersMay', { list: named(may) })] : []),
    ...(Object.keys(own).length > 0 ? [admin.text('standard')] : []),
  ];
  admin.put(
    admin.text('prompt', { id, list: list.join('\n'), placeholders: placeholders.join(' ') }),
    [admin.word('prompts'), admin.word('menu')],
    [textInput('text', admin.text('field'), true)],
  );
}

const shownPlaceholder = (name: string): string => `{{${name}}}`;

/** In front of a question: an own text, or what to do with it. */
export async function keepPrompt(admin: Admin, said: string, typed: string): Promise<void> {
  const { id, draft, n = 1 } = admin.memory;
  if (!id) return putPrompts(admin);
  const is = (word: Under<'admin:chat.words'>) => normalise(admin.word(word)) === typed;
  if (is('standard')) return backToStandard(admin, id);
  if (is('try') || is('publish')) {
    if (draft === undefined) return admin.put(admin.text('noDraft'), [admin.word('menu')]);
    return is('try') ? beginTrial(admin, id, draft) : publish(admin, id, n, draft);
  }
  const [, number, text = said] = /^\s*(\d{1,2})\s*:\s*([^]+)$/u.exec(said) ?? [];
  const place = Math.min(Math.max(1, Number(number ?? 1)), admin.language.variants(keyOf(id)));
  judge(admin, id, place, text.replaceAll('\u200b', '').replace(/\s+/gu, ' ').trim());
}

function judge(admin: Admin, id: PromptId, n: number, text: string): void {
  const remarks = remarksOn(admin, id, text);
  const usable = isUsable(remarks);
  admin.go('prompt', usable ? { n, draft: text } : { n, draft: undefined as never });
  const list = remarks
    .map(({ code, found }) => `- ${admin.language.t(`admin:mistakes.lint_${code}`, { found })}`)
    .join('\n');
  const verdict = !usable ? 'draftBad' : remarks.length > 0 ? 'draftWarned' : 'draftGood';
  admin.put(
    `${admin.text('draft', { id, n, text })}\n${admin.text(verdict, { list })}`,
    [...(usable ? (['try', 'publish'] as const) : []), 'prompts' as const, 'menu' as const].map((word) =>
      admin.word(word),
    ),
    usable ? [] : [textInput('text', admin.text('field'), true, text)],
  );
}

function remarksOn({ language, settings }: Admin, id: PromptId, text: string): readonly Remark[] {
  const words = language.linter();
  if (!words) return [];
  const terms = Object.values(language.terms()).flatMap((all) => Object.keys(Object.values(all)[0] ?? {}));
  return lintPrompt(id, text, { words, address: settings.view().address, terms });
}

function publish(admin: Admin, id: PromptId, n: number, draft: string): void {
  const { code } = admin.language;
  const own = admin.settings.view().prompts[code]?.[id] ?? {};
  const texts = { ...own, [n]: draft };
  // A single first wording is written on one line, as people do.
  const value = Object.keys(texts).join() === '1' ? draft : texts;
  admin.go('menu');
  admin.change({ set: [{ path: ['prompts', code, id], value }] }, 'chat', {
    key: 'prompt',
    values: { id, lang: code },
  });
}

function backToStandard(admin: Admin, id: PromptId): void {
  const { code } = admin.language;
  admin.go('menu');
  admin.change({ set: [{ path: ['prompts', code, id], value: undefined }] }, 'chat', {
    key: 'standard',
    values: { id, lang: code },
  });
}

/* ---------------------------------------------------------------- the trial */

/** The moment in which a question or a follow-up can be met. */
function stageOf(id: PromptId): QuestionId {
  if (isQuestion(id)) return id;
  if (id === 'P-REL' || id === 'P-THREE') return 'q1_words';
  return id === 'P-EVENT_closing' ? 'q8_best' : 'q4_off';
}

function trialDefinition({ settings }: Admin, id: PromptId): Definition {
  const optional = QUESTION_IDS.filter((q) => questionRule(q).optional && (q === id || q === 'o3_self'));
  // Why a child felt so is asked only when follow-up is thorough.
  return createDefinition({ depth: id === 'P-WHY' ? 'thorough' : settings.view().depth, optional });
}

/** An answer that tells everything, so that no follow-up comes before the one to be tried. */
const COMPLETE: InterviewEvent = {
  type: 'ANSWERED',
  digest: {
    ...{ own: 'expressed', child: 'expressed', event: true, behaviour: true, trait: false, dontKnow: false },
    ...{ reason: true, tone: 'mixed', length: 20 },
  },
  words: 3,
  traits: 0,
};

function trialEvent(ask: Ask): InterviewEvent {
  if (ask.step === 'c3_consent') return { type: 'CONSENTED' };
  if (ask.step === 'c4_alias') return { type: 'NAMED' };
  return ask.probe === null ? COMPLETE : { type: 'SAID' };
}

/** The language with the draft in every place where this question can come. */
function withDraft(admin: Admin, id: PromptId, draft: string): Language {
  const { language, talk, settings } = admin;
  const count = language.variants(keyOf(id));
  const own = Object.fromEntries(Array.from({ length: count }, (_, n) => [`${keyOf(id)}.${n}`, draft]));
  return talk.texts.language(language.code).with({ address: settings.view().address, terms: {}, own });
}

function askText(admin: Admin, id: PromptId, draft: string, ask: Ask): string {
  const language = withDraft(admin, id, draft);
  const params = {
    alias: language.t('admin:preview.alias'),
    word: language.t('admin:preview.word'),
    quote: language.t('admin:preview.quote'),
    coach: admin.talk.school.coach.name,
  };
  if (ask.probe === null) return language.variant(`interview:${stageOf(id)}`, 0, params);
  const form = id === `${ask.probe}_gentle` || (id === 'P-EVENT_closing' && ask.probe === 'P-EVENT');
  return language.variant(`probes:${form && !isQuestion(id) ? id : ask.probe}`, ask.nth, params);
}

function beginTrial(admin: Admin, id: PromptId, draft: string): void {
  const definition = trialDefinition(admin, id);
  let { snapshot } = begin(definition);
  const stage = stageOf(id);
  for (
    let ask = pendingOf(snapshot);
    ask && !(ask.step === stage && ask.probe === null);
    ask = pendingOf(snapshot)
  ) {
    const next = take(definition, snapshot, trialEvent(ask));
    if (next.snapshot.context.pending === ask) break;
    ({ snapshot } = next);
  }
  const ask = pendingOf(snapshot);
  if (!ask) return admin.put(admin.text('unknown'), [admin.word('menu')]);
  admin.go('try', { trial: toStored(snapshot) });
  const first = admin.text('tryFirst', { alias: admin.language.t('admin:preview.alias') });
  admin.put(`${first}\n\n${askText(admin, id, draft, ask)}`, [admin.word('menu')]);
}

const PRESENCE = {
  expressed: 'tryExpressed',
  possible: 'tryPossible',
  none: 'tryNone',
} as const satisfies Record<Presence, string>;

/** An answer in the trial: what was heard in it, and what would be asked next. Nothing of it is kept. */
export function readPrompt(admin: Admin, said: string): void {
  const { id, draft, trial } = admin.memory;
  const definition = id && trialDefinition(admin, id);
  const snapshot = definition && fromStored(definition, trial);
  const ask = snapshot && pendingOf(snapshot);
  if (!id || draft === undefined || !definition || !snapshot || !ask) return putPrompts(admin);
  const { language } = admin;
  const alias = language.t('admin:preview.alias');
  const heard = listen(said, admin.packs(language.base), {
    question: listeningFor(ask.step, ask.probe),
    pupil: alias,
  });
  const words = ask.step === 'q1_words' ? readWords(said, language.joiners()) : undefined;
  const event = eventOf({
    ...{ step: ask.step, probe: ask.probe, kind: 'answered', text: '', heard, seq: 1, reopened: false },
    ...{ lang: language.code, wording: '', sources: [] },
    ...(words ? { words } : {}),
  });
  const next = take(definition, snapshot, event).snapshot;
  const following = pendingOf(next);
  const told = admin.text('tryHeard', {
    own: admin.text(PRESENCE[heard.teacher]),
    child: admin.text(PRESENCE[heard.child]),
  });
  if (following?.step === ask.step && following.probe !== null) {
    admin.go('try', { trial: toStored(next) });
    const text = askText(admin, id, draft, following);
    admin.put(`${told}\n${admin.text('tryNext', { probe: following.probe, text })}`, [admin.word('menu')]);
    return;
  }
  admin.go('prompt');
  admin.put(`${told}\n${admin.text('tryEnd')}`, [
    admin.word('publish'),
    admin.word('prompts'),
    admin.word('menu'),
  ]);
}

/** How much there is to read, in numbers. */
export function countScript(language: Language, view: SettingsView): Record<string, number> {
  const definition = createDefinition({
    depth: view.depth,
    optional: view.optional.filter((id): id is QuestionId => isQuestion(id)),
  });
  const questions = QUESTION_IDS.filter((id) => !questionRule(id).optional || view.optional.includes(id));
  return {
    questions: questions.length,
    optional: definition.optional.length,
    followUps: PROBES.length,
    wordings: PROMPT_IDS.filter((id) => !isQuestion(id)).reduce(
      (sum, id) => sum + language.variants(keyOf(id)),
      0,
    ),
    budget: definition.budget,
    own: Object.keys(view.prompts[language.code] ?? {}).length,
  };
}
