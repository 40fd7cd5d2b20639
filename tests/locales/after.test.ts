/** What can be typed after sharing: the same things in every language, each word meaning one thing to whoever types it. */
import { describe, expect, test } from '@jest/globals';
import { loadTexts, type ChoiceText, type TextKey } from '../../locales/index.ts';

const texts = loadTexts();
const LANGUAGES = ['nl', 'en', 'de'];

/** What is open to one person at one time. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  coach: [
    ...[
      'desk',
      'open',
      'received',
      'propose',
      'sendMoments',
      'cancelTalk',
      'plan',
      'scores',
      'savePlan',
      'saveScores',
    ],
    ...['noReminders', 'learn', 'notice', 'respond'],
  ],
  teacher: [
    ...['pick', 'noneFits', 'propose', 'cancelTalk', 'noReminders', 'plan', 'savePlan', 'status'],
    ...['learn', 'notice', 'respond', 'tellCheckIn', 'skipCheckIn', 'stopCheckIns', 'mayRead', 'keepToMe'],
  ],
};

describe.each(LANGUAGES)('words after sharing in %s', (code) => {
  const language = texts.language(code);
  const words: Readonly<Record<string, ChoiceText>> = language.after();

  test('there are the same in every language, each in a group', () => {
    const ids = Object.keys(words).sort();
    expect(ids).toEqual(Object.keys(texts.language('nl').after()).sort());
    expect([...new Set(Object.values(TOGETHER).flat())].sort()).toEqual(ids);
  });

  test('what stands on a button can be typed, in lower case, and is no longer than a button', () => {
    for (const [id, { title, say }] of Object.entries(words)) {
      expect([id, say]).toEqual([id, expect.arrayContaining([title.toLowerCase()])]);
      expect([id, say]).toEqual([id, say.map((word) => word.normalize('NFC').toLowerCase())]);
      expect([id, title.length <= 40]).toEqual([id, true]);
    }
  });

  test.each(Object.entries(TOGETHER))('for a %s a word means one thing', (_, ids) => {
    const said = ids.flatMap((id) => words[id]?.say ?? []);
    expect(said.filter((word, i) => said.indexOf(word) !== i)).toEqual([]);
  });

  test('for a teacher no word is that of another command, but where the question asks for it', () => {
    const commands = language.commands();
    const allowed: Readonly<Record<string, readonly string[]>> = {
      status: ['progress'],
      skipCheckIn: ['skip'],
      mayRead: ['yes', 'share'],
      keepToMe: ['no'],
    };
    for (const id of TOGETHER['teacher'] ?? []) {
      for (const word of words[id]?.say ?? []) {
        const command = Object.keys(commands).find((one) => commands[one]?.includes(word));
        if (command !== undefined)
          expect([id, word, allowed[id] ?? []]).toEqual([id, word, expect.arrayContaining([command])]);
      }
    }
  });

  test('what a text tells people to type works', () => {
    const keys: TextKey[] = [
      ...(['desk:howTo', 'desk:which', 'desk:status.proposed', 'desk:status.planMade'] as const),
      ...(['meeting:offerHow', 'meeting:picked', 'meeting:pickedToCoach', 'meeting:passed'] as const),
      ...([
        'plan:askTyped',
        'plan:toldMade',
        'plan:checkIn.how',
        'plan:checkIn.empty',
        'coach:help',
      ] as const),
    ];
    const params = { coach: 'C', who: 'W', alias: 'A', when: 'T', n: 1 };
    const all = Object.values(words).flatMap(({ say }) => say);
    const told = keys.flatMap((key) =>
      [...language.t(key, params).matchAll(/‘([^‘]+?)’(?!\p{L})|„([^“]+)“/gu)].map((m) => m[1] ?? m[2] ?? ''),
    );
    expect(told.length).toBeGreaterThan(12);
    const bare = told.map((phrase) => phrase.split(':')[0]?.replace(/ \d+$/u, '') ?? '');
    expect(bare.filter((phrase) => !all.includes(phrase))).toEqual([]);
  });
});
