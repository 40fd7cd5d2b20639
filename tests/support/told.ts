/** Profiles of what teachers told: made up answers, heard by the real listener. */
import { loadPack } from '../../locales/listening.ts';
import { createDefinition, isQuestion, questionRule } from '../../machines/definition.ts';
import { holderOf, type ProbeId } from '../../machines/follow-up.ts';
import { listen } from '../../machines/listening/listen.ts';
import type { QuestionKind } from '../../machines/listening/types.ts';
import type { Answer } from '../../machines/journal.ts';
import { buildProfile, type Profile } from '../../machines/profile.ts';

export type Told = readonly (readonly [step: Answer['step'], probe: ProbeId | null, text: string])[];
export interface Story {
  readonly alias: string;
  readonly words: readonly string[];
  readonly told: Told;
}

function questionOf(step: Answer['step'], probe: ProbeId | null): QuestionKind {
  const holder = probe === null ? null : holderOf(probe);
  if (holder !== null) return holder === 'child' ? 'event_followup_child' : 'event_followup_teacher';
  return isQuestion(step) ? questionRule(step).listen : 'closing';
}

export function answersOf({ alias, words, told }: Story, lang: string): Answer[] {
  const pack = loadPack(lang);
  const own: Answer = {
    ...{ step: 'q1_words', probe: null, seq: 1, kind: 'answered', text: words.join(', '), words },
    ...{ heard: null, reopened: false, lang, wording: '', sources: [] },
  };
  const others = told.map(([step, probe, text], i): Answer => ({
    ...{ step, probe, seq: i + 2, kind: probe === 'P-WORDS' ? 'chosen' : 'answered', text },
    heard: listen(text, pack, { question: questionOf(step, probe), pupil: alias }),
    ...{ reopened: false, lang, wording: '', sources: [] },
  }));
  return [own, ...others];
}

export function profileOf(story: Story, lang: string, scope: 'kept' | 'all' = 'kept'): Profile {
  const { alias, words } = story;
  const answers = answersOf(story, lang);
  return buildProfile({ definition: createDefinition(), answers, marks: {}, alias, words, scope });
}

const ANNE: Told = [
  [
    'q2_word1',
    null,
    'Dinsdag bij het buitenspelen schopte hij een bal tegen het raam en toen ik hem riep, liep hij gewoon door. Ik heb hem naar binnen gestuurd.',
  ],
  ['q2_word1', 'P-BEH', 'Ik was zo geïrriteerd. Ik dacht: daar gaan we weer.'],
  [
    'q2_word1',
    'P-CHILD',
    'Geen idee. Daar heb ik eerlijk gezegd nooit over nagedacht. Misschien schaamde hij zich wel, omdat iedereen keek.',
  ],
  [
    'q2_word2',
    null,
    'Vorige week was hij twee dagen ziek en toen merkte ik dat ik opgelucht was. Dat is toch erg?',
  ],
  [
    'q2_word2',
    'P-CHILD',
    'Toen hij donderdag weer binnenkwam keek hij naar de grond en ging meteen zitten. Ik denk dat hij zich niet welkom voelde.',
  ],
  [
    'q3_click',
    'P-EVENT',
    'Vrijdag bij het afscheid van de stagiaire hielp hij met het ophangen van de slingers. Ik vond het fijn om hem zo te zien.',
  ],
  ['q3_click', 'P-CHILD', 'Trots denk ik, omdat hij iets mocht doen.'],
  [
    'q4_off',
    null,
    'Gisteren bij rekenen weigerde hij te beginnen. Ik zei het drie keer en toen heb ik zijn schrift weggehaald.',
  ],
  ['q4_off', 'P-BEH', 'Machteloos. Ik wist niet meer wat ik moest doen.'],
  ['q4_off', 'P-CHILD', 'Boos, maar misschien ook bang dat hij het niet kon.'],
  [
    'q5_hard',
    null,
    'Maandag gooide hij in de kring met een kussen. Ik werd boos en heb hem op de gang gezet. Ik baalde van mezelf.',
  ],
  ['q5_hard', 'P-CHILD', 'Volgens mij was hij verdrietig toen hij daar zat.'],
  [
    'q6_upset',
    null,
    'Een paar weken geleden was zijn hond dood. Hij zat met zijn hoofd op tafel. Ik ben naast hem gaan zitten, ik had met hem te doen.',
  ],
  ['q6_upset', 'P-CHILD', 'Hij was heel verdrietig, omdat hij die hond al had vanaf zijn geboorte.'],
  ['q7_view', null, 'Dat juf Anne altijd op hem moppert. Dat vind ik wel pijnlijk om te bedenken.'],
  [
    'q8_best',
    null,
    'Dat hij zo behulpzaam en geduldig is met de kleuters. Gisteren hielp hij een kleuter met zijn veters. Dat ontroerde me.',
  ],
  ['r2_add', null, 'Ik wil hem maandag vragen wat hij na school doet.'],
];

const ANNE_EN: Told = [
  [
    'q2_word1',
    null,
    'On Tuesday at playtime he kicked a ball against the window and when I called him he simply walked on. I sent him inside.',
  ],
  ['q2_word1', 'P-BEH', 'I was so irritated. I thought: here we go again.'],
  [
    'q2_word1',
    'P-CHILD',
    'No idea. To be honest I have never thought about that. Maybe he was ashamed, because everybody was looking.',
  ],
  [
    'q2_word2',
    null,
    "Last week he was ill for two days and then I noticed that I was relieved. That is awful, isn't it?",
  ],
  [
    'q2_word2',
    'P-CHILD',
    'When he came back in on Thursday he looked at the floor and sat down straight away. I think he felt unwelcome.',
  ],
  [
    'q3_click',
    'P-EVENT',
    'On Friday at the goodbye party for our trainee he helped hang up the paper chains. I was happy to see him like that.',
  ],
  ['q3_click', 'P-CHILD', 'Proud I think, because he was given something to do.'],
  [
    'q4_off',
    null,
    'Yesterday in maths he refused to start. I said it three times and then I took his book away.',
  ],
  ['q4_off', 'P-BEH', 'Powerless. I did not know what to do any more.'],
  ['q4_off', 'P-CHILD', "Angry, but maybe also scared that he couldn't do it."],
  [
    'q5_hard',
    null,
    'On Monday he threw a cushion during circle time. I got angry and put him in the corridor. I was annoyed with myself.',
  ],
  ['q5_hard', 'P-CHILD', 'I think he was sad when he sat there.'],
  [
    'q6_upset',
    null,
    'A few weeks ago his dog died. He sat with his head on the table. I went and sat next to him, I felt sorry for him.',
  ],
  ['q6_upset', 'P-CHILD', 'He was very sad, because he had had that dog since he was born.'],
  ['q7_view', null, 'That Miss Anne always grumbles at him. I find that painful to think about.'],
  [
    'q8_best',
    null,
    'That he is so helpful and patient with the little ones. Yesterday he helped a little one with his shoelaces. I was touched.',
  ],
  ['r2_add', null, 'On Monday I want to ask him what he does after school.'],
];

const part = (told: Told, steps: readonly string[]): Told =>
  told.filter(([step, probe]) => steps.includes(probe === null ? step : `${step}/${probe}`));
const SHORT = ['q2_word1', 'q5_hard', 'q8_best'];
const NORMAL = [
  ...['q2_word1', 'q2_word1/P-BEH', 'q2_word2', 'q3_click/P-EVENT', 'q4_off', 'q4_off/P-BEH'],
  ...['q5_hard', 'q6_upset/P-CHILD', 'q8_best'],
];

export const STORIES: Readonly<Record<'nl' | 'en', Readonly<Record<'short' | 'normal' | 'long', Story>>>> = {
  nl: {
    short: { alias: 'Vos', words: ['botsing', 'vermoeiend', 'afstand'], told: part(ANNE, SHORT) },
    normal: { alias: 'Vos', words: ['botsing', 'vermoeiend', 'afstand'], told: part(ANNE, NORMAL) },
    long: { alias: 'Vos', words: ['botsing', 'vermoeiend', 'afstand'], told: ANNE },
  },
  en: {
    short: { alias: 'Fox', words: ['clashing', 'tiring', 'distance'], told: part(ANNE_EN, SHORT) },
    normal: { alias: 'Fox', words: ['clashing', 'tiring', 'distance'], told: part(ANNE_EN, NORMAL) },
    long: { alias: 'Fox', words: ['clashing', 'tiring', 'distance'], told: ANNE_EN },
  },
};
