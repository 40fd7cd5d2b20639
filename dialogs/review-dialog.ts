/**
 * The review in a dialog: the sentences by aspect, to keep, change or leave out; room for what was not asked; then exactly what the
 * coach would see, and the choice. Everything that is decided goes the way it goes in the chat.
 */
import { isErasureAsked, paceOf, pendingOf } from '../machines/course.ts';
import type { Ask } from '../machines/slots.ts';
import { choicesFor, choiceText, excerpt } from './asking.ts';
import { heading, paragraph, sentenceField, textInput, type Element } from './cards.ts';
import { sayInDialog, showDialog, type Sent } from './dialog.ts';
import { decide, previewOf, rowsOf, type Decision, type Row } from './review.ts';
import { isPinned, raise } from './safety.ts';
import { maskNew } from './masking.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

/** Bytes of the elements of one card: the channel takes 25 KB of it. */
const ROOM = 21_000;
/** Characters. What is longer than the second is changed by typing, where there is room for it. */
const LONGEST_SHOWN = 800;
const LONGEST_CHANGED = 2_000;
const ADDED = 'added';

/** A sentence as it was shown, in prints: to tell what was decided in the dialog from what came of it elsewhere meanwhile. */
interface Base {
  readonly n: number;
  readonly id: string;
  readonly original: string;
  readonly text: string;
  readonly kept: boolean;
}

type State =
  | { readonly at: 'sentences'; readonly page: number; readonly rows: readonly Base[] }
  | { readonly at: 'preview'; readonly page: number; readonly print: string };

/* ------------------------------------------------------------ where things stand */

/** What the review waits for; null when there is nothing to review now. */
async function reviewing(talk: Talk): Promise<Ask | null> {
  if (!talk.interview) return null;
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  const isReview = ask !== null && ['r1_review', 'r2_add', 'r3_share'].includes(ask.step);
  return isReview && paceOf(snapshot) !== 'stopped' && !isErasureAsked(snapshot) ? ask : null;
}

/** The teacher is asked something in the chat that comes first. */
function isAskedInChat(talk: Talk): boolean {
  const { held, safety } = talk.open();
  return Boolean(held) || Boolean(safety?.open) || isPinned(talk);
}

/** Opens the dialog where the review stands. */
export async function openReview(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  const ask = await reviewing(talk);
  if (!ask) return sayInDialog(talk, talk.interview?.status === 'shared' ? 'reviewShared' : 'reviewOver');
  if (isAskedInChat(talk)) return sayInDialog(talk, 'lookInChat');
  return ask.step === 'r3_share' ? showPreview(talk) : showSentences(talk);
}

/* ------------------------------------------------------------ the sentences */

interface Block {
  readonly row: Row;
  readonly elements: readonly Element[];
}

function blockOf(talk: Talk, row: Row, before: Row | undefined): Block {
  const { language, alias } = talk;
  const { n, quote, removed } = row;
  const [aspect] = quote.aspects;
  const labels = {
    keep: language.t('dialogs:sentence', { n }),
    change: language.t('dialogs:sentenceChange', { n }),
  };
  const value = quote.text.length > LONGEST_CHANGED ? null : quote.text;
  const field = sentenceField(n, excerpt(quote.text, LONGEST_SHOWN), labels, !removed, value);
  const title =
    aspect !== before?.quote.aspects[0]
      ? [{ ...heading(language.t(`profile:aspects.${aspect ?? 'others'}`, { alias })), spacing: 'large' }]
      : [];
  return { row, elements: [...title, field] };
}

/** As many sentences to a page as fit on a card. */
function pagesOf(talk: Talk, rows: readonly Row[]): Block[][] {
  const pages: Block[][] = [[]];
  let room = ROOM;
  for (const [i, row] of rows.entries()) {
    let block = blockOf(talk, row, rows[i - 1]);
    const size = bytes(block.elements);
    if (size > room && pages.at(-1)?.length) {
      // On a page of its own the aspect is named again.
      block = blockOf(talk, row, undefined);
      pages.push([]);
      room = ROOM;
    }
    room -= size;
    pages.at(-1)?.push(block);
  }
  return pages;
}

const encoder = new TextEncoder();
const bytes = (elements: readonly Element[]): number => encoder.encode(JSON.stringify(elements)).length;

async function showSentences(talk: Talk, wanted = 0, note: string | null = null): Promise<void> {
  const { language } = talk;
  const pages = pagesOf(talk, (await rowsOf(talk)).chosen);
  const page = Math.min(Math.max(0, wanted), pages.length - 1);
  const blocks = pages[page] ?? [];
  const last = page === pages.length - 1;
  const place = pages.length > 1 ? [language.t('review:page', { n: page + 1, total: pages.length })] : [];
  const intro = language.t(blocks.length === 0 ? 'review:empty' : 'dialogs:reviewIntro');
  const body = [
    ...(note === null ? [] : paragraph(note, { weight: 'bolder' })),
    ...paragraph([intro, ...place].join(' ')),
    ...blocks.flatMap(({ elements }) => elements),
    ...(last ? await addition(talk) : []),
  ];
  const ids = [...(page > 0 ? (['previous'] as const) : []), last ? ('preview' as const) : ('next' as const)];
  showDialog(talk, {
    about: 'review',
    title: language.t('review:title'),
    body,
    buttons: ids.map((id) => ({ id, title: language.t(`dialogs:${id}`) })),
    state: { at: 'sentences', page, rows: blocks.map(({ row }) => baseOf(row)) } satisfies State,
  });
}

/** Room for what was not asked, unless it was written down before: then it stands among the sentences. */
async function addition(talk: Talk): Promise<Element[]> {
  const { language } = talk;
  const ask = await reviewing(talk);
  const before = await addedText(talk);
  if (before !== '' && ask?.step !== 'r2_add') return [];
  const title = language.t('dialogs:addTitle');
  return [
    { ...heading(title), spacing: 'large' },
    ...paragraph(language.t('interview:r2_add')),
    textInput(ADDED, language.t('dialogs:addLabel'), true, before),
  ];
}

const addedText = async (talk: Talk): Promise<string> =>
  (await talk.answers()).find(({ step }) => step === 'r2_add')?.text ?? '';

/* ------------------------------------------------------------ what was decided */

/** The same text, whatever the client made of its blanks. */
const flat = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/** A print of a text, capitals and marks included; 53 bits. */
function printOf(text: string): string {
  let a = 0x2f0b4c27;
  let b = 0x6c8e9cf5;
  for (const char of flat(text)) {
    const code = char.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

const baseOf = ({ n, quote, original, removed }: Row): Base => ({
  n,
  id: quote.id,
  original: printOf(original),
  text: printOf(quote.text),
  kept: !removed,
});

/**
 * What the dialog decides about one sentence; null: nothing. Only what was touched in it counts, so that what was typed in the chat
 * meanwhile stays; a sentence that was left out there is not brought back by a new wording.
 */
function decisionOf(base: Base, row: Row, values: Sent['values']): Decision | null {
  const kept = values[`keep${base.n}`] === undefined ? base.kept : values[`keep${base.n}`] === 'true';
  const text = flat(values[`text${base.n}`] ?? '') === '' ? null : (values[`text${base.n}`] ?? '').trim();
  const reworded = text !== null && printOf(text) !== base.text;
  if (!(kept === base.kept ? !row.removed : kept)) return row.removed ? null : 'remove';
  if (reworded) return flat(text) === flat(row.original) ? 'keep' : { text };
  return row.removed ? 'keep' : null;
}

/** Keeps what was decided. `moved`: a sentence is not the one that was shown any more, and waits for a new look. */
async function keepDecisions(
  teacher: Teacher,
  bases: readonly Base[],
  values: Sent['values'],
): Promise<{ readonly moved: boolean; readonly raised: boolean }> {
  const { talk } = teacher;
  const { chosen, others } = await rowsOf(talk);
  const rows = new Map([...chosen, ...others].map((row) => [row.quote.id, row]));
  const decisions: [Row, Decision][] = [];
  let moved = false;
  let raised = false;
  for (const base of bases) {
    const row = rows.get(base.id);
    if (!row || printOf(row.original) !== base.original) {
      moved = true;
      continue;
    }
    const decision = decisionOf(base, row, values);
    if (decision === null) continue;
    // As with a text that is typed: what may be about safety is heard, and not written into the profile.
    const heard = typeof decision === 'object' ? teacher.listen(decision.text, 'closing') : null;
    if (typeof decision === 'object' && (await raise(teacher, decision.text, heard, { filed: false })))
      raised = true;
    else if (typeof decision === 'object')
      decisions.push([row, { text: maskNew(talk, decision.text, row.original) }]);
    else decisions.push([row, decision]);
  }
  decide(talk, decisions);
  return { moved, raised };
}

/* ------------------------------------------------------------ what was sent */

export async function sendReview(teacher: Teacher, { id, values, state }: Sent): Promise<void> {
  const { talk } = teacher;
  const ask = await reviewing(talk);
  const shown = state as State;
  // What was decided holds also when the chat has gone back to a question meanwhile.
  const { moved, raised } =
    shown.at === 'sentences' && talk.interview?.status === 'open'
      ? await keepDecisions(teacher, shown.rows, values)
      : { moved: false, raised: false };
  if (!ask || isAskedInChat(talk)) return openReview(teacher);
  talk.inDialog = true;
  if (shown.at === 'preview') return sendPreview(teacher, ask, id, shown);
  if (raised) return sayInDialog(talk, 'lookInChat');
  if (id === 'preview') await toSharing(teacher, ask, values[ADDED] ?? '');
  if (isAskedInChat(talk)) return sayInDialog(talk, 'lookInChat');
  if (moved) return showSentences(talk, 0, talk.language.t('dialogs:reviewMoved'));
  if (id === 'preview') return showPreview(talk);
  return showSentences(talk, shown.page + (id === 'next' ? 1 : -1));
}

/** The sentences are done, and what was added is an answer like any other. */
async function toSharing(teacher: Teacher, ask: Ask, added: string): Promise<void> {
  const { talk } = teacher;
  const pending = async (): Promise<Ask | null> => pendingOf(await talk.snapshot());
  const text = flat(added) === '' ? '' : added.trim();
  const isNew = text !== '' && flat(text) !== flat(await addedText(talk));
  if (ask.step === 'r1_review') {
    talk.remember({ page: 0 });
    // What the chat would ask next is answered here already.
    const said = talk.outgoing.length;
    await teacher.fileChoice(ask, ['done']);
    talk.outgoing.length = said;
  }
  if (isNew && (await pending())?.step === 'r3_share') {
    await talk.dropAnswer({ step: 'r2_add', probe: null });
    await talk.rebuild();
  }
  const now = await pending();
  if (now?.step === 'r2_add')
    return text === '' ? teacher.choose('addNothing', {}, now) : teacher.answer(now, { text, sources: [] });
  // Something was added before: the chat says that the choice comes next.
  if (now && ask.step === 'r1_review') return teacher.perform([{ type: 'ask', ask: now }], { before: [] });
}

/* ------------------------------------------------------------ exactly what the coach would see */

async function previewPages(talk: Talk): Promise<Element[][]> {
  const pages: Element[][] = [];
  let room = 0;
  for (const { card } of await previewOf(talk, [])) {
    const body = card['body'] as Element[];
    const size = bytes(body);
    if (size > room) {
      pages.push([]);
      room = ROOM;
    }
    pages.at(-1)?.push(...body);
    room -= size;
  }
  return pages;
}

async function showPreview(talk: Talk, wanted = 0, note: string | null = null): Promise<void> {
  const { language } = talk;
  const pages = await previewPages(talk);
  const page = Math.min(Math.max(0, wanted), pages.length - 1);
  const ask = await reviewing(talk);
  const choices = page === pages.length - 1 && ask ? choicesFor(talk, ask, false) : [];
  const ids = [
    page > 0 ? ('previous' as const) : ('toSentences' as const),
    ...(page < pages.length - 1 ? (['next'] as const) : []),
  ];
  const question = language.t('interview:r3_share', { coach: talk.school.coach.name });
  showDialog(talk, {
    about: 'review',
    title: language.t('review:previewTitle'),
    body: [
      ...(note === null ? [] : paragraph(note, { weight: 'bolder' })),
      ...(pages[page] ?? []),
      ...(choices.length > 0 ? paragraph(question, { weight: 'bolder', spacing: 'large' }) : []),
    ],
    buttons: [
      ...choices.map((id) => ({ id, title: choiceText(language, id).title })),
      ...ids.map((id) => ({ id, title: language.t(`dialogs:${id}`) })),
    ],
    state: { at: 'preview', page, print: printOf(JSON.stringify(pages)) } satisfies State,
  });
}

async function sendPreview(
  teacher: Teacher,
  ask: Ask,
  id: string,
  { page, print }: Extract<State, { at: 'preview' }>,
): Promise<void> {
  const { talk } = teacher;
  if (id === 'toSentences') return showSentences(talk);
  if (id === 'next' || id === 'previous') return showPreview(talk, page + (id === 'next' ? 1 : -1));
  // What goes is what was seen: when something has changed since, it is shown first.
  const same = printOf(JSON.stringify(await previewPages(talk))) === print;
  if (ask.step !== 'r3_share' || !same) {
    if (ask.step !== 'r3_share') return openReview(teacher);
    return showPreview(talk, 0, talk.language.t('dialogs:previewMoved'));
  }
  await teacher.fileChoice(ask, [id]);
  talk.reply(null);
}
