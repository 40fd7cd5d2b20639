/**
 * A language pack: everything the listener knows of one language, as data. Checked and filed once, then only read.
 * docs/languages.md says what each part is for.
 */
import { plain, slips, type Letters, type Speller } from './normalise.ts';
import { index, parse, type PatternIndex, type Person, type Role } from './pattern.ts';
import { NEEDED, NEEDED_MORE, packSchema, ROLES, type Needed } from './pack-schema.ts';
import type { Emotion, SignalKind } from './types.ts';

export type FeelingKind =
  | 'word'
  | 'phrase'
  | 'verb'
  | 'move'
  | 'noun'
  | 'strong'
  | 'weak'
  | 'idiom'
  | 'own'
  | 'exclamation'
  | 'metaphor'
  | 'frame'
  | 'litotes';

export type Mark =
  | 'block'
  | 'negator'
  | 'notNegating'
  | 'denial'
  | 'unrealClause'
  | 'unrealAfter'
  | 'real'
  | 'ask'
  | 'report'
  | 'insult'
  | 'echo'
  | 'contrast'
  | 'actNow'
  | 'actPast'
  | 'conduct'
  | 'traitWord'
  | 'notEvent'
  | 'notDontKnow'
  | 'notPerspective'
  | 'notSafety';

export type Rule =
  | {
      readonly type: 'feeling';
      readonly kind: FeelingKind;
      readonly emotions: readonly Emotion[];
      readonly presence: 'expressed' | 'possible';
    }
  | { readonly type: 'mark'; readonly mark: Mark }
  | { readonly type: 'signal'; readonly signal: SignalKind; readonly detail?: string };

export type PersonRule = { readonly who: Person['who'] | 'nobody'; readonly gender: Person['gender'] };
export interface Pronoun extends Pick<Person, 'who' | 'gender'> {
  readonly roles: ReadonlySet<Role>;
  readonly capital: boolean | undefined;
}

export interface Pack extends Speller {
  readonly language: string;
  readonly classes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly pronouns: ReadonlyMap<string, readonly Pronoun[]>;
  readonly people: PatternIndex<PersonRule>;
  readonly names: ReadonlySet<string>;
  readonly relatives: ReadonlySet<string>;
  readonly capitalsAreNames: boolean;
  readonly noNames: ReadonlySet<string>;
  readonly plural: { readonly pronouns: ReadonlySet<string>; readonly verbs: ReadonlySet<string> };
  readonly joiners: ReadonlySet<string>;
  readonly openers: ReadonlySet<string>;
  readonly openersBeforeSubject: ReadonlySet<string>;
  readonly subjectOpens: boolean;
  readonly inversionOpens: boolean;
  readonly reach: { readonly before: number; readonly after: number };
  readonly rules: PatternIndex<Rule>;
  /** Single words that name a state: what #F stands for, and what an open frame looks up. */
  readonly states: ReadonlyMap<string, readonly Emotion[]>;
  readonly nouns: ReadonlyMap<string, readonly Emotion[]>;
  /** What somebody may find something: vervelend, lovely. */
  readonly judged: ReadonlyMap<string, readonly Emotion[]>;
  /** Words for what does something to somebody (hurts, upset). */
  readonly moves: ReadonlySet<string>;
  readonly tone: ReadonlyMap<string, readonly Emotion[]>;
  readonly emoji: ReadonlyMap<string, Emotion>;
  readonly standing: ReadonlySet<string>;
  readonly bodily: ReadonlySet<string>;
  hasPastShape(word: string): boolean;
  readonly attributive: readonly string[];
  readonly boosters: ReadonlySet<string>;
  readonly oblique: ReadonlySet<string>;
  readonly asides: boolean;
  readonly litotes: Readonly<Partial<Record<Emotion, Emotion>>>;
  is(name: Needed, word: string): boolean;
}

const list = (f: string | readonly string[]): string[] =>
  (typeof f === 'string' ? [f] : f).flatMap((s) => s.split(/\s+/)).filter((w) => w !== '');

const emotionsIn = (key: string): Emotion[] => key.split('+') as Emotion[];

export function compilePack(data: unknown): Pack {
  const checked = packSchema.safeParse(data);
  if (!checked.success) {
    const problems = checked.error.issues.map(
      (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
    );
    throw new Error(`This language pack cannot be used:\n  ${problems.join('\n  ')}`);
  }
  const d = checked.data;
  const problems: string[] = [];
  const letters: Letters = d.letters;
  const spell = (w: string): string => plain(w, letters);
  const spelling = new Map(
    Object.entries(d.spelling).map(([from, to]) => [spell(from), to.split(/\s+/).map(spell)]),
  );
  const endings = list(d.endings).map(spell);
  const words = new Set<string>();
  const set = (f: string | readonly string[]): Set<string> => new Set(list(f).map(spell));

  const split = (literal: string): string[] => {
    const w = spell(literal);
    const apart = spelling.get(w);
    if (apart) return [...apart];
    const ending = endings.find((e) => w.length > e.length + 1 && w.endsWith(e));
    if (ending) return [w.slice(0, -ending.length), ending];
    return w.split('-').filter((p) => p !== '');
  };

  const classes = new Map<string, Set<string>>();
  const resolve = (name: string, above: readonly string[]): Set<string> => {
    const done = classes.get(name);
    if (done) return done;
    const out = new Set<string>();
    const own = d.classes[name];
    if (own === undefined || above.includes(name)) {
      problems.push(
        `classes.${above.at(-1) ?? name}: ${own === undefined ? 'names an unknown class' : 'goes round in a circle with'} @${name}`,
      );
      return out;
    }
    for (const w of list(own)) {
      if (w.startsWith('@')) for (const m of resolve(w.slice(1), [...above, name])) out.add(m);
      else for (const part of split(w)) out.add(part);
    }
    classes.set(name, out);
    return out;
  };
  for (const name of Object.keys(d.classes)) resolve(name, []);
  for (const name of [...NEEDED, ...NEEDED_MORE])
    if (d.classes[name] === undefined) problems.push(`classes.${name}: is missing`);

  type Parsed<T> = { source: string; elements: ReturnType<typeof parse>; value: T };
  const read = <T>(into: Parsed<T>[], path: string, sources: readonly string[], value: T): void => {
    sources.forEach((source, i) => {
      try {
        const elements = parse(source, classes, split);
        for (const e of elements) if (e.words) for (const w of e.words) words.add(w);
        into.push({ source, elements, value });
      } catch (error) {
        problems.push(`${path}.${i} ("${source}"): ${(error as Error).message}`);
      }
    });
  };

  const people: Parsed<PersonRule>[] = [];
  read(people, 'people.child', d.people.child, { who: 'child', gender: null });
  read(people, 'people.teacher', d.people.teacher, { who: 'teacher', gender: null });
  read(people, 'people.nobody', d.people.nobody, { who: 'nobody', gender: null });
  read(people, 'people.both', d.people.both, { who: 'both', gender: null });
  read(people, 'people.others', d.people.others, { who: 'other', gender: null });
  read(people, 'people.othersMale', d.people.othersMale, { who: 'other', gender: 'm' });
  read(people, 'people.othersFemale', d.people.othersFemale, { who: 'other', gender: 'f' });

  const pronouns = new Map<string, Pronoun[]>();
  d.people.pronouns.forEach((p, i) => {
    const roles = new Set<Role>();
    for (const role of list(p.as)) {
      if (role in ROLES) roles.add(role as Role);
      else problems.push(`people.pronouns.${i}.as: "${role}" is none of ${Object.keys(ROLES).join(', ')}`);
    }
    for (const form of list(p.forms)) {
      const w = spell(form);
      words.add(w);
      const entry = { who: p.who, gender: p.gender ?? null, roles, capital: p.capital };
      const known = pronouns.get(w);
      if (known) known.push(entry);
      else pronouns.set(w, [entry]);
    }
  });

  const rules: Parsed<Rule>[] = [];
  const states = new Map<string, readonly Emotion[]>();
  const nouns = new Map<string, readonly Emotion[]>();
  const judged = new Map<string, readonly Emotion[]>();
  const moves = new Set<string>();
  const slipsInto = new Set<string>();
  const feeling = (
    part: string,
    kind: FeelingKind,
    from: Record<string, string | string[]>,
    single: boolean,
  ): void => {
    for (const [key, value] of Object.entries(from)) {
      const sources = single ? list(value) : (value as string[]);
      const emotions = emotionsIn(key);
      read(rules, `feelings.${part}.${key}`, sources, {
        type: 'feeling',
        kind,
        emotions,
        presence: 'expressed',
      });
      if (!single) continue;
      for (const w of sources.map(spell)) {
        if (kind === 'word') states.set(w, emotions);
        if (kind === 'noun') nouns.set(w, emotions);
        if (kind === 'move') moves.add(w);
        if (kind === 'strong' || kind === 'weak') judged.set(w, emotions);
        if (kind !== 'move' && kind !== 'verb') slipsInto.add(w);
      }
    }
  };
  const f = d.feelings;
  feeling('states', 'word', f.states, true);
  feeling('statePhrases', 'phrase', f.statePhrases, false);
  feeling('verbs', 'verb', f.verbs, true);
  feeling('moves', 'move', f.moves, true);
  feeling('nouns', 'noun', f.nouns, true);
  feeling('strong', 'strong', f.strong, true);
  feeling('weak', 'weak', f.weak, true);
  feeling('idioms', 'idiom', f.idioms, false);
  feeling('own', 'own', f.own, false);
  feeling('exclamations', 'exclamation', f.exclamations, false);
  feeling('metaphors', 'metaphor', f.metaphors, false);
  feeling('litotesWords', 'litotes', f.litotesWords, true);
  f.frames.forEach((frame, i) => {
    const emotions = frame.emotion ? [frame.emotion] : [];
    const presence = frame.emotion ? frame.presence : 'possible';
    read(rules, `feelings.frames.${i}`, [frame.say], { type: 'feeling', kind: 'frame', emotions, presence });
  });

  const g = d.grammar;
  const s = d.signals;
  const marks: [Mark, string, readonly string[]][] = [
    ['block', 'feelings.blocks', f.blocks],
    ['negator', 'grammar.negators', list(g.negators)],
    ['notNegating', 'grammar.notNegating', g.notNegating],
    ['denial', 'grammar.denials', g.denials],
    ['unrealClause', 'grammar.unreal.clause', g.unreal.clause],
    ['unrealAfter', 'grammar.unreal.after', g.unreal.after],
    ['real', 'grammar.real', g.real],
    ['ask', 'grammar.asks', g.asks],
    ['report', 'grammar.reports', g.reports],
    ['insult', 'grammar.insults', g.insults],
    ['echo', 'grammar.echoes', g.echoes],
    ['contrast', 'grammar.contrasts', g.contrasts],
    ['actNow', 'signals.actsNow', list(s.actsNow)],
    ['actNow', 'signals.acts', s.acts],
    ['actPast', 'signals.actsPast', list(s.actsPast)],
    ['actPast', 'signals.actsPastPhrases', s.actsPastPhrases],
    ['conduct', 'signals.conduct', list(s.conduct)],
    ['traitWord', 'signals.traits', list(s.traits)],
    ['notEvent', 'signals.notEvents', s.notEvents],
    ['notDontKnow', 'signals.notDontKnow', s.notDontKnow],
    ['notPerspective', 'signals.notPerspective', s.notPerspective],
    ['notSafety', 'signals.notSafety', s.notSafety],
  ];
  for (const [mark, path, sources] of marks) read(rules, path, sources, { type: 'mark', mark });
  const signals: [SignalKind, string, readonly string[]][] = [
    ['trait', 'signals.traitNouns', s.traitNouns],
    ['event', 'signals.events', s.events],
    ['generalising', 'signals.generalising', s.generalising],
    ['dontKnow', 'signals.dontKnow', s.dontKnow],
    ['perspective', 'signals.perspective', s.perspective],
    ['ownInfluence', 'signals.ownInfluence', s.ownInfluence],
    ['talkingAway', 'signals.talkingAway', s.talkingAway],
  ];
  for (const [signal, path, sources] of signals) read(rules, path, sources, { type: 'signal', signal });
  for (const [detail, sources] of Object.entries(s.safety))
    read(rules, `signals.safety.${detail}`, sources, { type: 'signal', signal: 'safety', detail });

  if (problems.length > 0) throw new Error(`This language pack cannot be used:\n  ${problems.join('\n  ')}`);

  for (const members of classes.values()) for (const w of members) words.add(w);
  for (const part of [d.realWords, d.clauses.joiners, d.clauses.openers, f.standing, d.people.names])
    for (const w of set(part)) words.add(w);
  for (const parts of spelling.values()) for (const w of parts) words.add(w);

  const tone = new Map<string, readonly Emotion[]>();
  for (const [key, value] of Object.entries(f.tone))
    for (const w of set(value)) {
      tone.set(w, emotionsIn(key));
      slipsInto.add(w);
    }
  const emoji = new Map<string, Emotion>();
  for (const [key, value] of Object.entries(f.emoji))
    for (const sign of list(value)) emoji.set(sign.replace(/\ufe0f/g, ''), emotionsIn(key)[0]!);
  for (const w of slipsInto) words.add(w);
  const boosters = list(d.boosters).map(spell);

  return {
    language: d.language,
    letters,
    spelling,
    endings,
    emoji,
    longestEmoticon: Math.max(
      0,
      ...[...emoji.keys()].filter((k) => k.charCodeAt(0) < 128).map((k) => k.length),
    ),
    known: (word) => words.has(word),
    meant: remember(slips(slipsInto, states, boosters, d.mistyped)),
    classes,
    pronouns,
    people: index(people),
    names: set(d.people.names),
    relatives: set(d.people.relatives),
    capitalsAreNames: d.people.capitalsAreNames,
    noNames: set(d.people.noNames),
    plural: { pronouns: set(d.people.plural?.pronouns ?? []), verbs: set(d.people.plural?.verbs ?? []) },
    joiners: set(d.clauses.joiners),
    openers: set(d.clauses.openers),
    openersBeforeSubject: set(d.clauses.openersBeforeSubject),
    subjectOpens: d.clauses.subjectOpens,
    inversionOpens: d.clauses.inversionOpens,
    reach: g.reach,
    rules: index(rules),
    states,
    nouns,
    judged,
    moves,
    tone,
    standing: set(f.standing),
    bodily: set(f.bodily),
    hasPastShape: shapes(list(s.pastShapes).map(spell), words),
    attributive: list(f.attributive).map(spell),
    boosters: new Set(boosters),
    oblique: set(d.people.oblique),
    asides: d.people.asides,
    litotes: f.litotes,
    is: (name, word) => classes.get(name)?.has(word) ?? false,
  };
}

const SHORTEST_SHAPED = 6;

function shapes(globs: readonly string[], known: ReadonlySet<string>): (word: string) => boolean {
  const parts = globs.map((glob) => glob.split('*'));
  return (word) =>
    word.length >= SHORTEST_SHAPED &&
    !known.has(word) &&
    parts.some(([first = '', ...rest]) => {
      const last = rest.pop() ?? '';
      const middle = rest[0];
      if (!word.startsWith(first) || !word.endsWith(last)) return false;
      const inside = word.slice(Math.max(first.length, 2), word.length - last.length - 1);
      return middle === undefined || inside.includes(middle);
    });
}

/** As many answers as are kept of a question that always gets the same one. */
const KEPT = 4000;

function remember(ask: (word: string) => string | undefined): (word: string) => string | undefined {
  const answers = new Map<string, string | undefined>();
  return (word) => {
    if (answers.has(word)) return answers.get(word);
    const answer = ask(word);
    if (answers.size >= KEPT) answers.clear();
    // Nothing as long as a whole text is kept.
    if (word.length <= 24) answers.set(word, answer);
    return answer;
  };
}
