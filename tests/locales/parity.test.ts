/** Every language says the same things, in its own words, and no follow-up puts a feeling into a teacher's mouth. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { QUESTION_IDS } from '../../machines/definition.ts';
import { FEELINGS } from '../../machines/feelings.ts';
import { PROBES } from '../../machines/follow-up.ts';

const LOCALES = new URL('../../locales/', import.meta.url);
const REFERENCE = 'nl';
const FILES = [
  'meta',
  'interview',
  'probes',
  'acks',
  'reflection',
  'lookback',
  'sliders',
  'second',
  'feelings',
  'commands',
  'choices',
  'notices',
  'review',
  'profile',
  'coach',
  'safety',
  'rights',
  'after',
  'desk',
  'meeting',
  'plan',
  'document',
  'dialogs',
] as const;
type File = (typeof FILES)[number];

/** A text, or the texts of a list. */
type Leaf = string | readonly string[];
type Leaves = ReadonlyMap<string, Leaf>;
interface Choice {
  readonly title: string;
  readonly say: readonly string[];
}

function read(lang: string, file: string): unknown {
  return JSON.parse(readFileSync(new URL(`${lang}/${file}.json`, LOCALES), 'utf8')) as unknown;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'string');
}

function leavesOf(value: unknown, path = '', found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value === 'string' || isTexts(value)) found.set(path, value);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value))
      leavesOf(inner, path === '' ? key : `${path}.${key}`, found);
  } else throw new Error(`${path} is neither a text, nor a list of texts, nor a group of them`);
  return found;
}

const textsOf = (leaf: Leaf): readonly string[] => (typeof leaf === 'string' ? [leaf] : leaf);

/** The school's words stand in a text in the forms its language needs: these differ from language to language. */
type Terms = Record<string, Record<string, Record<string, string>>>;
const TERM_FORMS: ReadonlySet<string> = new Set(
  ['nl', 'en', 'de'].flatMap((lang) =>
    Object.values(read(lang, 'terms') as Terms).flatMap((words) => Object.values(words).flatMap(Object.keys)),
  ),
);

function placeholdersOf(text: string): string[] {
  const all = [...text.matchAll(/\{\{(\w+)\}\}/gu)].map((m) => m[1] ?? '');
  return all.filter((name) => !TERM_FORMS.has(name)).sort();
}

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

const LANGUAGES = readdirSync(LOCALES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/interview.json`, LOCALES)))
  .map((entry) => entry.name);

/** Thin layers over another language. */
const LAYERS = readdirSync(LOCALES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/layer.json`, LOCALES)))
  .map((entry) => entry.name);

const leaves = (lang: string, file: File): Leaves => leavesOf(read(lang, file));
const list = (lang: string, file: File, key: string): readonly string[] =>
  textsOf(leaves(lang, file).get(key) ?? []);

/** Texts people read, by `file:key`; without the words they type. */
function readTexts(lang: string): [string, string][] {
  const files = [
    'interview',
    'probes',
    'acks',
    'reflection',
    'lookback',
    'sliders',
    'second',
    'feelings',
    'notices',
    'review',
    'profile',
    'coach',
    'safety',
    'rights',
    'desk',
    'meeting',
    'plan',
    'document',
  ] as const;
  const titles = Object.entries(read(lang, 'choices') as Record<string, Choice>).map(
    ([id, { title }]): [string, string] => [`choices:${id}`, title],
  );
  const texts = files.flatMap((file) =>
    [...leaves(lang, file)].flatMap(([key, leaf]) =>
      textsOf(leaf).map((text): [string, string] => [`${file}:${key}`, text]),
    ),
  );
  return [...texts, ...titles];
}

/* ------------------------------------------------------------ how many wordings each needs, and what they may name */

const ALWAYS_TWO = QUESTION_IDS.map((id): [string, number] => [`interview:${id}`, 2]);
const WORDINGS: ReadonlyMap<string, number> = new Map([
  ...ALWAYS_TWO,
  ['probes:P-EVENT', 8],
  ['probes:P-EVENT_closing', 2],
  ['probes:P-TRAIT', 8],
  ['probes:P-REL', 2],
  ['probes:P-THREE', 2],
  ['probes:P-BEH', 9],
  ['probes:P-OWN', 9],
  ['probes:P-OWN_gentle', 6],
  ['probes:P-CHILD', 10],
  ['probes:P-CHILD_gentle', 6],
  ['probes:P-WHY', 8],
  ['probes:P-SHORT', 8],
  ['probes:P-DK', 8],
  ['probes:P-WORDS', 6],
  ['probes:P-EXC', 2],
  ['acks:thanks', 6],
  ['acks:stay', 5],
  ['acks:next', 6],
  ['acks:quote', 4],
]);

/** Each wording of these has exactly these parameters. */
const EXACT: ReadonlyMap<string, readonly string[]> = new Map([
  ['acks:quote', ['quote']],
  ['commands:changeNumber', ['n']],
  ['commands:reviewRemove', ['n']],
  ['commands:reviewKeep', ['n']],
  ['commands:reviewChange', ['n', 'text']],
]);

/** Parameters each wording of a list must have, and those it may have besides. */
function parametersOf(key: string): { must: readonly string[]; may: readonly string[] } {
  const exact = EXACT.get(key);
  if (exact) return { must: exact, may: [] };
  if (/^interview:(?:q2_word[12]|o1_word3)$/u.test(key)) return { must: ['word'], may: ['alias'] };
  if (key.startsWith('interview:')) return { must: [], may: ['alias'] };
  if (/^probes:.*_gentle$/u.test(key)) return { must: ['quote'], may: ['alias'] };
  if (key.startsWith('probes:P-CHILD')) return { must: ['alias'], may: [] };
  if (key.startsWith('probes:')) return { must: [], may: ['alias'] };
  return { must: [], may: [] };
}

test('Dutch, the reference, is there, and every language names itself', () => {
  expect(LANGUAGES).toContain(REFERENCE);
  for (const lang of LANGUAGES) {
    expect(read(lang, 'meta')).toMatchObject({ name: expect.any(String), tag: expect.any(String) });
    expect(list(lang, 'meta', 'negotiates')).not.toHaveLength(0);
  }
});

test('what the interview can ask has words', () => {
  const interview = leaves(REFERENCE, 'interview');
  const probes = leaves(REFERENCE, 'probes');
  expect(QUESTION_IDS.filter((id) => !interview.has(id))).toEqual([]);
  expect(PROBES.filter((id) => !probes.has(id))).toEqual([]);
  expect(sorted(leaves(REFERENCE, 'feelings').keys())).toEqual(
    sorted([...Object.keys(FEELINGS), 'else', 'nothing']),
  );
});

describe.each(LANGUAGES)('%s', (lang) => {
  test.each(FILES)('%s.json has the keys of the Dutch file, no more and no fewer', (file) => {
    expect(sorted(leaves(lang, file).keys())).toEqual(sorted(leaves(REFERENCE, file).keys()));
  });

  test('a text is one text, a list is a list, as in Dutch', () => {
    for (const file of FILES) {
      for (const [key, leaf] of leaves(REFERENCE, file)) {
        expect([file, key, typeof leaves(lang, file).get(key)]).toEqual([file, key, typeof leaf]);
      }
    }
  });

  test('no key ends in a plural form of i18next', () => {
    for (const file of FILES) {
      for (const key of leaves(lang, file).keys()) {
        expect(key).not.toMatch(/_(?:zero|one|two|few|many|other)(?:\.|$)/u);
      }
    }
  });

  test('there are enough wordings', () => {
    for (const [key, least] of WORDINGS) {
      const [file, name] = key.split(':') as [File, string];
      expect([key, list(lang, file, name).length >= least]).toEqual([key, true]);
    }
  });

  test('texts have the parameters of the Dutch text', () => {
    for (const file of FILES) {
      const reference = leaves(REFERENCE, file);
      for (const [key, leaf] of leaves(lang, file)) {
        const dutch = reference.get(key);
        if (typeof leaf === 'string' && typeof dutch === 'string') {
          expect([file, key, ...sorted(placeholdersOf(leaf))]).toEqual([
            file,
            key,
            ...sorted(placeholdersOf(dutch)),
          ]);
        }
      }
    }
  });

  test('each wording of a list has the parameters it needs and no others', () => {
    for (const file of FILES) {
      for (const [key, leaf] of leaves(lang, file)) {
        if (typeof leaf === 'string') continue;
        const { must, may } = parametersOf(`${file}:${key}`);
        for (const text of leaf) {
          const has = placeholdersOf(text);
          expect([text, must.filter((p) => !has.includes(p))]).toEqual([text, []]);
          expect([text, has.filter((p) => !must.includes(p) && !may.includes(p))]).toEqual([text, []]);
        }
      }
    }
  });

  test('nothing is empty, untrimmed, or left with a single brace', () => {
    for (const file of FILES) {
      for (const [key, leaf] of leaves(lang, file)) {
        expect([file, key, textsOf(leaf).length]).not.toEqual([file, key, 0]);
        for (const text of textsOf(leaf)) {
          expect(text).toBe(text.trim());
          expect(text).not.toBe('');
          expect(text.replace(/\{\{\w+\}\}/gu, '')).not.toMatch(/[{}]/u);
        }
      }
    }
  });

  test('texts are plain: no Markdown, no links, no exclamation marks, no emoji', () => {
    for (const [key, text] of readTexts(lang)) {
      expect([key, text]).not.toEqual([key, expect.stringMatching(/[*`<>]|__|\]\(|https?:|^(?:#|- )/u)]);
      expect([key, text]).not.toEqual([
        key,
        expect.stringMatching(/!|\p{Extended_Pictographic}|\p{Emoji_Presentation}/u),
      ]);
    }
  });

  test('the bot claims no empathy and praises nothing', () => {
    const claims =
      /\b(?:ik begrijp|ik snap|ik voel met|goed beschreven|goed gedaan|wat mooi|wat fijn|wat vervelend|hoort erbij dat)\b|\b(?:i understand|i feel for|well done|well put|good answer|how nice|sorry to hear)\b|\b(?:ich verstehe|ich fühle mit|gut gemacht|gut beschrieben|wie schön|das tut mir leid)\b/iu;
    for (const [key, text] of readTexts(lang))
      expect([key, text]).not.toEqual([key, expect.stringMatching(claims)]);
  });

  test('no wording is there twice', () => {
    for (const file of FILES) {
      for (const [key, leaf] of leaves(lang, file)) {
        const texts = textsOf(leaf).map((t) => t.toLowerCase());
        expect([file, key, texts.length]).toEqual([file, key, new Set(texts).size]);
      }
    }
    const probes = [...leaves(lang, 'probes').values()].flatMap((leaf) => textsOf(leaf));
    expect(probes.filter((text, i) => probes.indexOf(text) !== i)).toEqual([]);
  });
});

/* ------------------------------------------------------------ questions and follow-ups */

const LONGEST = 300;
/** As long as a nickname, a chosen word and a quote get. */
const FILLED: Readonly<Record<string, string>> = {
  alias: 'a'.repeat(24),
  word: 'w'.repeat(24),
  quote: 'q'.repeat(40),
};

const filled = (text: string): string =>
  text.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => FILLED[name] ?? '');
const questionMarks = (text: string): number => text.split('?').length - 1;

/** The words for feelings that a follow-up must not bring up; the languages' own lists are added to these. */
const FEELING_WORDS: Readonly<Record<string, string>> = {
  nl: `angst angstig bang bange beschaamd bezorgd bezorgde blij blije blijdschap boos boosheid boze droevig eenzaam
    emotie emotioneel ergernis ergeren frustratie gefrustreerd geërgerd geïrriteerd gekwetst gelukkig genegenheid
    genieten genoot geraakt geschrokken gespannen gestrest gestresst hulpeloos irritatie jaloers kwaad kwade liefde
    machteloos machteloosheid medelijden moe moedeloos nerveus ongemakkelijk onmacht onrustig onzeker opgelucht
    opluchting paniek plezier prettig radeloos rustig schaamde schaamte schrik schrok schuld schuldig spanning spijt
    teleurgesteld teleurstelling tevreden trots uitgeput verbaasd verdriet verdrietig vernederd verrast vertederd
    verward vreugde vrolijk wanhoop wanhopig warm warmte woede woedend woest zenuwachtig zorgen`,
  en: `afraid anger angry annoyance annoyed anxiety anxious ashamed bored calm cheerful confused delighted desperate
    despair disappointed disappointment distressed ecstatic embarrassed emotion emotional enjoy enjoyed exhausted fear
    fond frightened frustrated frustration furious glad grief guilt guilty happiness happy helpless hopeless humiliated
    hurt insecure irritated irritation jealous joy lonely love mad miserable moved nervous overwhelmed pleased
    pleasure powerless proud relief relieved sad sadness satisfied scared shame shocked sorry stressed surprised
    tender tense terrified tired uneasy unhappy unsure upset warm warmth worried worry`,
  de: `angespannt angst ängstlich ärger ärgerlich beschämt besorgt eifersüchtig einsam emotion emotional enttäuscht
    enttäuschung erleichtert erleichterung erschöpft erschrocken freude freudig froh fröhlich frust frustration
    frustriert furcht gekränkt genervt genießen gerührt gestresst glück glücklich hilflos hilflosigkeit kummer liebe
    liebevoll machtlos mitleid müde mutlos nervös neidisch ohnmacht panik ratlos ruhig scham schuld schuldgefühl
    schuldig sorge sorgen spaß stolz traurig trauer überfordert überrascht unruhig unsicher unzufrieden verärgert
    verletzt verlegen verzweifelt verzweiflung wut wütend zärtlich zorn zornig zufrieden`,
};

/** Words that name a state for the listener of this language: its lists of states and of nouns, in every form. */
function listenersWords(lang: string): string[] {
  const folder = new URL(`${lang}/listening/`, LOCALES);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((file) => {
      const part = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Pack;
      const lists = [part.feelings?.states, part.feelings?.nouns].flatMap((l) => Object.values(l ?? {}));
      return lists.flat().flatMap((words) => words.split(/\s+/u));
    })
    .filter((word) => /^\p{L}{3,}$/u.test(word));
}

interface Pack {
  readonly feelings?: Readonly<
    Record<'states' | 'nouns', Readonly<Record<string, string | string[]>> | undefined>
  >;
}

/** Names of the feelings in general are no feeling, and some words of the lists have an everyday meaning in our questions. */
const HARMLESS: ReadonlySet<string> = new Set([
  'gevoel',
  'gerust',
  'gevoelens',
  'feel',
  'feeling',
  'feelings',
  'gefühl',
  'gefühle',
]);

function feelingWords(lang: string): ReadonlySet<string> {
  const listed = (FEELING_WORDS[lang] ?? '').split(/\s+/u);
  const chosen = Object.entries(read(lang, 'feelings') as Record<string, string>)
    .filter(([id]) => id in FEELINGS)
    .map(([, word]) => word);
  return new Set(
    [...listed, ...chosen, ...listenersWords(lang)]
      .map((w) => w.toLowerCase())
      .filter((w) => w !== '' && !HARMLESS.has(w)),
  );
}

const wordsOf = (text: string): string[] =>
  text
    .replace(/\{\{\w+\}\}/gu, ' ')
    .toLowerCase()
    .match(/[\p{L}\p{M}]+/gu) ?? [];

/** How alike two texts read: the share of their words that they have in common. */
function likeness(a: string, b: string): number {
  const [x, y] = [new Set(wordsOf(a)), new Set(wordsOf(b))];
  const shared = [...x].filter((w) => y.has(w)).length;
  return shared / (x.size + y.size - shared || 1);
}

describe.each(LANGUAGES)('follow-ups in %s', (lang) => {
  const probes = [...leaves(lang, 'probes')].flatMap(([id, leaf]) =>
    textsOf(leaf).map((text): [string, string] => [id, text]),
  );
  const forbidden = feelingWords(lang);

  test('there is a list of feeling words to keep out', () => {
    expect(forbidden.size).toBeGreaterThan(60);
  });

  test('none names a feeling', () => {
    const found = probes.map(
      ([id, text]) => [id, text, wordsOf(text).filter((w) => forbidden.has(w))] as const,
    );
    expect(found.filter(([, , words]) => words.length > 0)).toEqual([]);
  });

  test('each asks one thing, in at most 300 characters', () => {
    expect(probes.filter(([, text]) => questionMarks(text) !== 1)).toEqual([]);
    expect(probes.filter(([, text]) => filled(text).length > LONGEST)).toEqual([]);
  });

  test('those of one kind do not read alike', () => {
    const alike = probes.flatMap(([id, text], i) =>
      probes
        .slice(i + 1)
        .flatMap(([other, its]) => (id === other && likeness(text, its) > 0.6 ? [[text, its]] : [])),
    );
    expect(alike).toEqual([]);
  });

  test('the sieve works: a question with a feeling in it is caught', () => {
    const leading: Readonly<Record<string, string>> = {
      nl: 'Was je boos?',
      en: 'Were you angry?',
      de: 'Warst du wütend?',
    };
    const text = leading[lang];
    if (text !== undefined) expect(wordsOf(text).some((w) => forbidden.has(w))).toBe(true);
  });
});

describe.each(LANGUAGES)('questions in %s', (lang) => {
  test('have at most one question mark and at most 300 characters', () => {
    for (const id of QUESTION_IDS) {
      for (const text of list(lang, 'interview', id)) {
        expect([text, questionMarks(text) <= 1, filled(text).length <= LONGEST]).toEqual([text, true, true]);
      }
    }
  });

  test('read differently the second time', () => {
    for (const id of QUESTION_IDS) {
      const [first = '', second = ''] = list(lang, 'interview', id);
      expect([first, second, likeness(first, second) < 0.5]).toEqual([first, second, true]);
    }
  });

  test('are never put by an acknowledgement', () => {
    for (const [key, leaf] of leaves(lang, 'acks')) {
      for (const text of textsOf(leaf)) expect([key, text, questionMarks(text)]).toEqual([key, text, 0]);
    }
  });
});

describe.each(LANGUAGES)('the list of feelings in %s', (lang) => {
  const entries = Object.entries(read(lang, 'feelings') as Record<string, string>);

  it('has twenty-four, in alphabetical order, with the two ways out at the end', () => {
    expect(entries).toHaveLength(26);
    expect(entries.slice(-2).map(([id]) => id)).toEqual(['else', 'nothing']);
    const words = entries.slice(0, -2).map(([, word]) => word);
    expect(words).toEqual([...words].sort((a, b) => a.localeCompare(b, lang)));
  });
});

/* ------------------------------------------------------------ what can be typed */

/** What is offered at the same time: a word typed there must mean one thing. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  consent: ['start', 'more', 'notNow'],
  question: ['said', 'leaveAsIs', 'skip', 'back', 'pause', 'help', 'repeat', 'stop'],
  words: ['keepWords', 'skip', 'back', 'pause', 'help', 'repeat', 'stop'],
  feelings: ['wordsChosen', 'skip', 'back', 'pause', 'help'],
  paused: ['resume', 'pause', 'startAgain', 'stop', 'help'],
  review: ['reviewDone', 'reviewNext', 'reviewInChat'],
  added: ['addNothing', 'leaveAsIs'],
  sharing: ['shareKept', 'shareAll', 'shareNone'],
  state: ['stateFine', 'stateTouched', 'stateTalk'],
  erasing: ['eraseYes', 'eraseNo'],
  safety: ['safetyYes', 'safetyNo'],
  card: ['stop', 'later'],
  masking: ['mask', 'leaveAsIs'],
  afterwards: ['reflect', 'startAgain'],
  ownWords: ['keepMine', 'eraseMine'],
  sixSentences: ['slidersDone', 'leaveAsIs', 'skip'],
  thenAndNow: ['showCoach', 'notShow'],
  lookingBack: ['lookBack'],
};

/** Choices that do what a command does, and so share its words. */
const COMMAND_OF: Readonly<Record<string, readonly string[]>> = {
  skip: ['skip'],
  pause: ['pause'],
  resume: ['resume'],
  back: ['back'],
  help: ['help'],
  repeat: ['repeat'],
  stop: ['stop'],
  startAgain: ['again'],
  later: ['pause'],
  reflect: ['reflect'],
  lookBack: ['lookBack'],
};

/** Choices that read a command's word in their own way, where nothing else can be meant. */
const READS_AS: Readonly<Record<string, readonly string[]>> = {
  start: ['yes'],
  notNow: ['no'],
  addNothing: ['no'],
  shareNone: ['no'],
  eraseYes: ['yes'],
  eraseNo: ['no'],
  stateFine: ['yes'],
  stateTalk: ['contacts'],
  safetyYes: ['yes'],
  safetyNo: ['no'],
  mask: ['yes'],
  eraseMine: ['erase'],
  showCoach: ['yes'],
  notShow: ['no'],
  reviewNext: ['skip', 'resume'],
};

describe.each(LANGUAGES)('words to type in %s', (lang) => {
  const { languages, ...commands } = read(lang, 'commands') as Record<string, readonly string[]> & {
    languages: Record<string, readonly string[]>;
  };
  const choices = read(lang, 'choices') as Record<string, Choice>;
  const commandOf = (phrase: string): string | undefined =>
    Object.keys(commands).find((id) => (commands[id] ?? []).includes(phrase));

  test('no phrase belongs to two commands', () => {
    const owners = new Map<string, string[]>();
    const all = {
      ...commands,
      ...Object.fromEntries(Object.entries(languages).map(([l, p]) => [`language ${l}`, p])),
    };
    for (const [id, phrases] of Object.entries(all)) {
      for (const phrase of phrases) owners.set(phrase, [...(owners.get(phrase) ?? []), id]);
    }
    expect([...owners].filter(([, ids]) => ids.length > 1)).toEqual([]);
  });

  test('commands are written as they are compared: lower case, single spaces, no closing mark, short', () => {
    for (const phrase of [...Object.values(commands), ...Object.values(languages)].flat()) {
      expect(phrase).toBe(phrase.normalize('NFC').toLowerCase().replace(/\s+/gu, ' '));
      expect(phrase).not.toMatch(/[.!?…]$|["“”‘]/u);
      expect(phrase.length).toBeLessThanOrEqual(60);
    }
  });

  test('every language can be asked for', () => {
    expect(Object.keys(languages).sort()).toEqual([...LANGUAGES, ...LAYERS].sort());
    for (const [code, names] of Object.entries(languages)) {
      const own = (read(code, 'meta') as { name: string }).name.toLowerCase();
      expect([code, names]).toEqual([code, expect.arrayContaining([own])]);
    }
  });

  test('what stands on a button can be typed, in lower case', () => {
    for (const [id, { title, say }] of Object.entries(choices)) {
      expect([id, say]).toEqual([id, expect.arrayContaining([title.toLowerCase()])]);
      expect([id, say]).toEqual([id, say.map((w) => w.normalize('NFC').toLowerCase())]);
      expect([id, title.length <= 40]).toEqual([id, true]);
    }
  });

  test('every choice stands in a group', () => {
    expect(sorted(Object.values(TOGETHER).flat())).toEqual(sorted(Object.keys(choices)));
  });

  test.each(Object.entries(TOGETHER))('among the choices for %s, a word means one thing', (_, ids) => {
    const words = ids.flatMap((id) => choices[id]?.say ?? []);
    expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
  });

  test('a choice with the meaning of a command has its words, and no other choice has', () => {
    for (const [id, { say }] of Object.entries(choices)) {
      const own = COMMAND_OF[id];
      for (const word of say) {
        const command = commandOf(word);
        if (own) expect([id, word, own.includes(command ?? '')]).toEqual([id, word, true]);
        else if (command !== undefined)
          expect([id, word, READS_AS[id] ?? []]).toEqual([id, word, expect.arrayContaining([command])]);
      }
    }
  });

  test('a word from the list of feelings is never a command', () => {
    const feelings = Object.values(read(lang, 'feelings') as Record<string, string>);
    expect(feelings.filter((word) => commandOf(word.toLowerCase()) !== undefined)).toEqual([]);
  });

  /** Commands and choices, and the patterns with a number and a text filled in. */
  const typable = new Set([
    ...Object.values(commands).flat(),
    ...Object.values(choices).flatMap(({ say }) => say),
  ]);
  const patterns = [...typable].filter((phrase) => phrase.includes('{{'));
  const canBeTyped = (phrase: string): boolean => {
    const wanted = phrase.toLowerCase();
    if (typable.has(wanted)) return true;
    return patterns.some((p) => {
      const [number] = /\d+/u.exec(wanted) ?? [];
      const [, text] = /:\s*(.+)$/u.exec(wanted) ?? [];
      return p.replace('{{n}}', number ?? '').replace('{{text}}', text ?? '') === wanted;
    });
  };

  test('what a notice tells people to type works', () => {
    const told = readTexts(lang)
      .filter(([key]) => /^(?:notices|review):|^interview:(?:c5|r)/u.test(key))
      .flatMap(([key, text]) =>
        [...text.matchAll(/‘([^‘{}]+?)’(?!\p{L})|„([^“{}]+)“/gu)].map((m): [string, string] => [
          key,
          m[1] ?? m[2] ?? '',
        ]),
      );
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter(([, phrase]) => !canBeTyped(phrase))).toEqual([]);
  });

  test('the help lists what can be typed', () => {
    const lines = list(lang, 'notices', 'help')[0]?.split('\n') ?? [];
    const offered = lines.filter((line) => !line.endsWith(':')).map((line) => line.split(': ')[0] ?? '');
    expect(offered.length).toBeGreaterThanOrEqual(13);
    expect(offered.filter((phrase) => !canBeTyped(phrase))).toEqual([]);
  });
});
