/**
 * The profile as a document: one page, and an appendix with what had no room there. The coach's copy has a last page that is for the
 * coach alone; the teacher's own copy is the same without it.
 */
import type { Language, TextKey } from '../locales/index.ts';
import { CELLS, type AspectId, type Quote } from '../machines/profile.ts';
import type { Button } from './cards.ts';
import { PAGE, PAGES, type Block, type Paper } from './paper.ts';
import type { Subject } from './ports.ts';
import { MARKS, momentLabel, type ProfileView } from './profile-card.ts';

export interface DocumentView extends ProfileView {
  /** Open questions for the talk, already in words; only ever on the coach's copy. */
  readonly questions: readonly string[];
}

const MOST_QUOTES = 3;
/** Sentences that stand beside one of the three words. */
const MOST_OF_A_MOMENT = 2;

/** Order of the sentences of one moment: `q2_word1#2` is the second. */
const placeOf = ({ id, probe }: Quote): number => Number(id.split('#')[1]) + (probe === null ? 0 : 1000);

/** The nth one, wished for under these. */
function pick(
  quotes: readonly Quote[],
  nth: number,
  under: Set<Quote>,
): { quote: Quote; under: Set<Quote> }[] {
  const quote = quotes[nth];
  return quote ? [{ quote, under }] : [];
}

interface Aspect {
  readonly id: AspectId;
  readonly quotes: readonly Quote[];
}

const ASKS = 'document-';

/** The button that asks for a profile as a document; its id is believed in nothing but which profile is meant. */
export function documentButton(interviewId: string, title: string): Button {
  return { id: `${ASKS}${interviewId}`, title };
}

export const isDocumentButton = (token: string): boolean => token.startsWith(ASKS);

/** The profile that a button of a document is about. */
export const subjectOf = (token: string): Subject => ({
  kind: 'profile',
  interviewId: token.slice(ASKS.length),
});

export function profilePaper(language: Language, view: DocumentView, copy: 'coach' | 'teacher'): Paper {
  const { profile, coach, date } = view;
  const page = new Page(language, view);
  const { blocks, rest } = page.fitted();
  return {
    title: language.t('profile:title'),
    tag: language.tag,
    header: language.t('profile:header', { coach }),
    footer: language.t('document:footer', { alias: profile.alias, date, page: PAGE, pages: PAGES }),
    blocks: [...blocks, ...page.appendix(rest), ...(copy === 'coach' ? page.forCoach() : [])],
  };
}

/** The profile in blocks; how much of it goes on the first page depends on how much there is. */
class Page {
  readonly #language: Language;
  readonly #view: DocumentView;
  readonly #aspects: readonly Aspect[];
  /** Per word the first sentences of its moment; they are repeated there when another aspect shows them too. */
  readonly #moments: readonly (readonly Quote[])[];

  constructor(language: Language, view: DocumentView) {
    const { profile } = view;
    this.#language = language;
    this.#view = view;
    // A sentence stands under its first aspect only: the reader meets each once.
    const shown = new Set<string>();
    this.#aspects = profile.aspects.map(({ id, quotes }) => {
      const fresh = quotes.filter((q) => !shown.has(q.id));
      fresh.forEach((q) => shown.add(q.id));
      return { id, quotes: fresh };
    });
    const all = this.#aspects.flatMap(({ quotes }) => quotes);
    this.#moments = profile.words.map(({ step }) =>
      all
        .filter((q) => q.step === step && (q.probe === null || q.probe === 'P-EVENT'))
        .sort((a, b) => placeOf(a) - placeOf(b))
        .slice(0, MOST_OF_A_MOMENT),
    );
  }

  #t(key: TextKey, values: Record<string, string | number> = {}): string {
    return this.#language.t(key, { alias: this.#view.profile.alias, ...values });
  }

  #moment(step: Quote['step']): string {
    return momentLabel(this.#language, this.#view.profile, step);
  }

  /** `bare`: the moment it belongs to is clear from where it stands. */
  #quote(quote: Quote, bare = false): Block {
    const how = this.#t(`document:how.${quote.provenance}`);
    const source = bare
      ? this.#t('document:sourceBare', { how })
      : this.#t('document:source', { moment: this.#moment(quote.step), how });
    return { kind: 'quote', mark: MARKS[quote.provenance], text: quote.text, source };
  }

  /** As many sentences as fit on one page, at most three per aspect: from each the first, then the second. The others are the rest. */
  fitted(): { blocks: Block[]; rest: ReadonlySet<Quote> } {
    const beside = new Set(this.#moments.flat());
    const wishes: { quote: Quote; under: Set<Quote> }[] = [];
    const [words, aspects] = [new Set<Quote>(), new Set<Quote>()];
    for (let nth = 0; nth < MOST_QUOTES; nth += 1) {
      for (const quotes of this.#moments) wishes.push(...pick(quotes, nth, words));
      for (const { id, quotes } of this.#aspects) {
        const here = id === 'words' ? quotes.filter((q) => !beside.has(q)) : quotes;
        wishes.push(...pick(here, nth, aspects));
      }
    }
    for (const { quote, under } of wishes) {
      under.add(quote);
      if (heightOf(this.#firstPage(words, aspects)) > ROOM) under.delete(quote);
    }
    const rest = this.#restOf(words, aspects);
    return { blocks: this.#firstPage(words, aspects), rest };
  }

  /** What is not on the first page under its own aspect, or beside its word. */
  #restOf(words: ReadonlySet<Quote>, aspects: ReadonlySet<Quote>): ReadonlySet<Quote> {
    return new Set(
      this.#aspects.flatMap(({ id, quotes }) =>
        quotes.filter((q) => !aspects.has(q) && !(id === 'words' && words.has(q))),
      ),
    );
  }

  #firstPage(words: ReadonlySet<Quote>, aspects: ReadonlySet<Quote>): Block[] {
    const { profile, coach, date } = this.#view;
    const blocks: Block[] = [
      { kind: 'paragraph', tone: 'lead', text: this.#t('document:facts', { date, coach }) },
      ...this.#words(words),
      ...this.#grid(),
    ];
    for (const { id, quotes } of this.#aspects) {
      const here = quotes.filter((q) => aspects.has(q));
      if (id === 'words' && here.length === 0) continue;
      blocks.push({ kind: 'heading', level: 2, text: this.#t(`profile:aspects.${id}`) });
      blocks.push(...here.map((q) => this.#quote(q, id === 'added')));
      if (here.length === 0)
        blocks.push({ kind: 'paragraph', tone: 'soft', text: this.#t('document:inAppendix') });
    }
    const silent = SUBJECTS.filter((id) => !profile.aspects.some((a) => a.id === id));
    if (silent.length > 0) {
      const list = silent.map((id) => this.#t(`profile:aspects.${id}`)).join('; ');
      blocks.push(
        { kind: 'heading', level: 2, text: this.#t('profile:aspects.littleTold') },
        { kind: 'paragraph', text: `${MARKS.notDiscussed} ${list}` },
      );
    }
    const left = this.#restOf(words, aspects).size;
    if (left > 0)
      blocks.push({ kind: 'paragraph', tone: 'soft', text: this.#t('document:more', { n: left }) });
    return blocks;
  }

  #words(chosen: ReadonlySet<Quote>): Block[] {
    const { words } = this.#view.profile;
    if (words.length === 0) return [];
    return [
      { kind: 'heading', level: 1, text: this.#t('profile:wordsTitle') },
      ...words.flatMap(({ word }, n): Block[] => {
        const told = this.#moments[n] ?? [];
        const here = told.filter((q) => chosen.has(q));
        const name: Block = { kind: 'paragraph', tone: 'lead', text: word };
        if (here.length > 0) return [name, ...here.map((q) => this.#quote(q, true))];
        const why =
          told.length > 0
            ? this.#t('document:inAppendix')
            : `${MARKS.notDiscussed} ${this.#t('document:how.notDiscussed')}`;
        return [name, { kind: 'paragraph', tone: 'soft', text: why }];
      }),
    ];
  }

  #grid(): Block[] {
    const { profile } = this.#view;
    if (profile.grid.length === 0) return [];
    const title = this.#t('profile:grid.title');
    const legend = (['spontaneous', 'afterQuestion', 'chosen', 'notDiscussed'] as const)
      .map((state) => this.#t(`profile:legend.${state}`))
      .join('   ');
    return [
      { kind: 'heading', level: 1, text: title },
      {
        kind: 'table',
        title,
        description: this.#t('document:gridDescription', { n: profile.grid.length }),
        widths: [23, 19, 19, 20, 19],
        rows: [
          [this.#t('profile:grid.moment'), ...CELLS.map((cell) => this.#t(`profile:grid.${cell}`))],
          ...profile.grid.map(({ step, cells }) => [
            this.#moment(step),
            ...CELLS.map((cell) => `${MARKS[cells[cell]]} ${this.#t(`document:how.${cells[cell]}`)}`),
          ]),
        ],
      },
      { kind: 'paragraph', tone: 'soft', text: `${legend}\n${this.#t('profile:legend.note')}` },
    ];
  }

  appendix(rest: ReadonlySet<Quote>): Block[] {
    const { others } = this.#view.profile;
    if (rest.size + others.length === 0) return [];
    const blocks: Block[] = [
      { kind: 'heading', level: 1, newPage: true, text: this.#t('document:appendix') },
      { kind: 'paragraph', tone: 'soft', text: this.#t('document:appendixIntro') },
    ];
    for (const { id, quotes } of this.#aspects) {
      const own = quotes.filter((q) => rest.has(q));
      if (own.length === 0) continue;
      blocks.push({ kind: 'heading', level: 2, text: this.#t(`profile:aspects.${id}`) });
      blocks.push(...own.map((q) => this.#quote(q)));
    }
    if (others.length > 0) {
      blocks.push({ kind: 'heading', level: 2, text: this.#t('profile:aspects.others') });
      blocks.push(...others.map((q) => this.#quote(q)));
    }
    return blocks;
  }

  /** A page of its own, to leave out when two read the profile together. */
  forCoach(): Block[] {
    const { profile, questions, coach } = this.#view;
    const seen = new Set<string>();
    const away = [...profile.aspects.flatMap(({ quotes }) => quotes), ...profile.others].filter(
      (q) => q.talkingAway && !seen.has(q.id) && seen.add(q.id),
    );
    if (questions.length + away.length === 0) return [];
    const blocks: Block[] = [
      { kind: 'heading', level: 1, newPage: true, text: this.#t('document:coachOnly', { coach }) },
      { kind: 'paragraph', tone: 'soft', text: this.#t('document:coachOnlyNote') },
    ];
    if (questions.length > 0)
      blocks.push(
        { kind: 'heading', level: 2, text: this.#t('profile:coachQuestionsTitle') },
        { kind: 'list', items: questions, numbered: true },
      );
    if (away.length > 0)
      blocks.push(
        { kind: 'heading', level: 2, text: this.#t('profile:aspects.talkingAway') },
        { kind: 'paragraph', tone: 'soft', text: this.#t('document:talkingAwayNote') },
        ...away.map((q) => this.#quote(q)),
      );
    return blocks;
  }
}

/** What a profile can be about; where nothing stands, nothing was discussed yet. */
const SUBJECTS = [
  'pleasure',
  'irritation',
  'powerlessness',
  'otherFeelings',
  'childView',
  'ownInfluence',
  'hardBehaviour',
  'upset',
  'satisfying',
] as const satisfies readonly AspectId[];

/** Room on a page under the title, in points; measured on pages made by LibreOffice. */
const ROOM = 745;
/** Characters of a line, a careful mean for the font of the document. */
const LINE = { plain: 98, soft: 112 };
const lines = (text: string, most: number): number =>
  text.split('\n').reduce((sum, part) => sum + Math.max(1, Math.ceil(part.length / most)), 0);

/** About how high these stand on the page, in points. */
function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => {
    switch (block.kind) {
      case 'heading':
        return sum + (block.level === 1 ? 28 : 19);
      case 'paragraph':
        return block.tone === 'soft'
          ? sum + 10 * lines(block.text, LINE.soft) + 3
          : sum + 11 * lines(block.text, LINE.plain) + 3;
      case 'quote':
        return sum + 11 * lines(`${block.text} ${block.source}`, LINE.plain) + 2;
      case 'list':
        return sum + block.items.reduce((all, item) => all + 11 * lines(item, LINE.plain) + 2, 0);
      case 'table': {
        const whole = block.widths.reduce((all, width) => all + width, 0);
        const chars = block.widths.map((width) => Math.floor((LINE.soft * width) / whole) - 1);
        const rows = block.rows.map((row) => Math.max(...row.map((cell, c) => lines(cell, chars[c] ?? 1))));
        return sum + rows.reduce((all, high) => all + 10 * high + 3, 0) + 6;
      }
    }
  }, 0);
}
