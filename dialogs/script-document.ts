/** The whole script as a document, for a school to read through: every question, every follow-up with its reason, every fixed text. */
import { contactTexts, type SchoolContacts } from '../locales/contacts.ts';
import type { Language, TextKey, Under, VariantKey } from '../locales/index.ts';
import { createDefinition, isQuestion, QUESTION_IDS, questionRule } from '../machines/definition.ts';
import { holderOf, PROBES } from '../machines/follow-up.ts';
import type { FollowUpId, PromptId } from '../machines/prompt-linter.ts';
import { PAGE, PAGES, type Block, type Paper } from './paper.ts';
import type { SchoolView } from './ports.ts';

export interface ScriptView {
  readonly school: SchoolView;
  readonly contacts: SchoolContacts;
  /** Already written out in the reader's language. */
  readonly date: string;
}

const OPENING = ['c1_bot', 'c2_data', 'c3_consent', 'c3_more', 'c4_alias', 'c5_frame'] as const;
const REVIEW = ['r1_review', 'r2_add', 'r3_share', 'r4_state', 'r5_shared', 'r5_kept'] as const;
const CARDS = ['S1', 'S2', 'S3', 'S4', 'S5'] as const;
const ACKS = ['thanks', 'stay', 'next', 'quote'] as const;

/** What is asked when, in the order of the page that `npm run preview` makes. */
const FOLLOW_UPS = PROBES.flatMap((probe): FollowUpId[] =>
  probe === 'P-OWN' || probe === 'P-CHILD'
    ? [probe, `${probe}_gentle` as const]
    : probe === 'P-EVENT'
      ? [probe, 'P-EVENT_closing']
      : [probe],
);

export function scriptPaper(language: Language, { school, contacts, date }: ScriptView): Paper {
  const t = (key: Under<'admin:preview'>, values: Record<string, string | number> = {}) =>
    language.t(`admin:preview.${key}`, values);
  const filled = (text: string) => `[${text}]`;
  const params: Record<string, string> = {
    ...contactTexts(contacts, language),
    alias: filled(t('alias')),
    word: filled(t('word')),
    quote: filled(t('quote')),
    teacher: filled(t('quote')),
    coach: filled(school.coach.name),
    contact: filled(school.contact ?? school.coach.name),
  };
  const definition = createDefinition({
    depth: school.depth,
    optional: QUESTION_IDS.filter((id) => school.optional.includes(id)),
  });
  const own = school.voices?.[language.code]?.own ?? {};
  const say = (key: TextKey): Block => ({ kind: 'paragraph', text: language.t(key, params) });
  const soft = (text: string): Block => ({ kind: 'paragraph', tone: 'soft', text });
  const part = (id: Under<'admin:preview'>): Block => ({ kind: 'heading', level: 1, text: t(id) });
  const wordings = (id: PromptId): Block => {
    const key: VariantKey = isQuestion(id) ? `interview:${id}` : `probes:${id}`;
    const items = Array.from({ length: language.variants(key) }, (_, n) => {
      const mark = own[`${key}.${n}`] === undefined ? '' : ` (${t('ownText')})`;
      return `${language.variant(key, n, params)}${mark}`;
    });
    return { kind: 'list', numbered: true, items };
  };
  const questions = QUESTION_IDS.flatMap((id): Block[] => {
    const name = language.t(`profile:moments.${id}`, params);
    const on = definition.optional.includes(id) ? 'optionalOn' : 'optionalOff';
    const tag = questionRule(id).optional ? [soft(t(on))] : [];
    return [{ kind: 'heading', level: 2, text: `${name} (${id})` }, ...tag, wordings(id)];
  });
  const followUps = FOLLOW_UPS.flatMap((id): Block[] => {
    const probe = PROBES.find((known) => id.startsWith(known));
    const holder = probe === undefined ? null : holderOf(probe);
    const asks =
      holder === null ? '' : `\n${t('asksFor')} ${t(holder === 'teacher' ? 'holderTeacher' : 'holderChild')}`;
    return [
      { kind: 'heading', level: 2, text: id },
      soft(`${t('when')} ${t(`rules.${id}`)}${asks}`),
      wordings(id),
    ];
  });
  const { perMoment, budget } = definition;
  return {
    title: t('title'),
    tag: language.tag,
    header: language.t('document:scriptHeader', { version: school.version ?? 1, date }),
    footer: language.t('document:scriptFooter', { page: PAGE, pages: PAGES }),
    blocks: [
      { kind: 'paragraph', text: language.t('document:scriptIntro') },
      part('opening'),
      soft(t('fixed')),
      ...OPENING.map((id) => say(`interview:${id}`)),
      part('questions'),
      ...questions,
      part('followUps'),
      { kind: 'paragraph', text: t('budget', { perMoment, budget }) },
      ...followUps,
      part('short'),
      ...ACKS.map((kind): Block => {
        const key = `acks:${kind}` as const;
        const count = language.variants(key);
        return {
          kind: 'list',
          items: Array.from({ length: count }, (_, n) => language.variant(key, n, params)),
        };
      }),
      part('review'),
      soft(t('fixed')),
      ...REVIEW.map((id) => say(`interview:${id}`)),
      part('cards'),
      soft(t('fixed')),
      ...CARDS.map((id) => say(`safety:card.${id}`)),
      part('coach'),
      soft(t('fixed')),
      ...(['greeting', 'profileArrived'] as const).map((id) => say(`coach:${id}`)),
    ],
  };
}
