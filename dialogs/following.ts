/** What the machine asks for is said: the next question with a word of acknowledgement, the review, the sharing, the close. */
import { isAsideQuestion, isQuestion, isSliders } from '../machines/definition.ts';
import { holderOf, type ProbeId } from '../machines/follow-up.ts';
import type { Effect } from '../machines/interview.ts';
import { sameKey, type Answer } from '../machines/journal.ts';
import type { Holder } from '../machines/listening/types.ts';
import type { Ask } from '../machines/slots.ts';
import { putQuestion } from './asking.ts';
import { finishLookBack, putComparison } from './lookback.ts';
import { putSliders } from './sliders.ts';
import { finishReflection, readBack } from './reflection.ts';
import { putReview, putSharing, share } from './review.ts';
import type { Talk } from './talk.ts';
import { toldBeforehand } from './safety.ts';
import type { Teacher } from './teacher.ts';
import { putWaiting } from './waiting.ts';

const LONG_ANSWER = 4000;
const LONGEST_QUOTE_WORDS = 6;

/** Follow-ups that do not themselves begin by taking up the answer. */
const TAKES_ACKNOWLEDGEMENT = new Set<ProbeId>(['P-EVENT', 'P-OWN', 'P-CHILD', 'P-WHY']);

/** What led to the next question, so that it can be acknowledged. */
export interface After {
  readonly answer?: Answer;
  readonly from?: Ask;
  readonly skipped?: boolean;
  /** Said before the question, instead of an acknowledgement. */
  readonly before?: readonly string[];
  /** Said instead of the question's own words. */
  readonly replace?: string;
}

export async function carryOut(teacher: Teacher, effects: readonly Effect[], after: After): Promise<void> {
  const { talk } = teacher;
  for (const effect of effects) {
    switch (effect.type) {
      case 'introduce':
        talk.notice('interview:c1_bot', { coach: talk.school.coach.name }, { step: 'c1_bot' });
        talk.say({
          label: { step: 'c2_data', kind: 'notice' },
          text: `${talk.language.t('interview:c2_data')}\n\n${toldBeforehand(talk)}`,
        });
        break;
      case 'ask':
        await putNext(teacher, effect.ask, after);
        break;
      case 'share':
        await share(teacher, effect.scope);
        break;
      case 'close':
        if (talk.aside === 'reflection') finishReflection(teacher, effect.state === 'keepMine');
        else if (talk.aside) await finishLookBack(teacher, effect.state, after.before);
        else close(teacher, effect.shared, effect.state);
        break;
    }
  }
}

async function putNext(teacher: Teacher, ask: Ask, after: After): Promise<void> {
  const { talk } = teacher;
  if (putWaiting(talk, after.before)) return;
  if (
    ask.step === 'q1_words' &&
    ask.probe === null &&
    ['c4_alias', 's1_sliders'].includes(after.from?.step ?? '')
  ) {
    talk.notice('interview:c5_frame', { alias: talk.alias }, { step: 'c5_frame' });
  }
  const before = after.before ?? acknowledge(talk, ask, after);
  if (ask.step === 'r1_review') return putReview(teacher, before);
  if (ask.step === 'r3_share') return putSharing(teacher, ask, before);
  if (ask.step === 'm5_keep') return readBack(teacher, ask, before);
  if (ask.step === 'b3_show') return putComparison(teacher, ask, before);
  if (isSliders(ask.step)) return putSliders(talk, ask, before);
  // Only a turn that replays can meet an answer that waits to be given anew.
  const reopened = talk.memory.rewound
    ? ((await talk.answers()).find((a) => sameKey(a, ask) && a.reopened) ?? null)
    : null;
  const holder = ask.probe === null ? null : holderOf(ask.probe);
  const quote = ask.gentle && holder ? quoteFrom(after.answer, holder) : null;
  putQuestion(talk, ask, reopened, {
    before,
    ...(quote === null ? {} : { quote }),
    ...(after.replace === undefined ? {} : { instead: after.replace }),
  });
}

/** One short line that shows the answer arrived, before the next question; never praise, never an interpretation. */
function acknowledge(talk: Talk, ask: Ask, { answer, skipped, from }: After): string[] {
  const { language } = talk;
  const lines: string[] = [];
  if (!answer || !from) return lines;
  if (answer.text.length > LONG_ANSWER) lines.push(language.t('notices:longKept'));
  if (from.step === 'r2_add' && answer.text !== '') lines.push(language.t('notices:addTaken'));
  if (!isQuestion(from.step) && !isAsideQuestion(from.step)) return lines;
  if (skipped) return [...lines, language.t('notices:skipped')];
  const nth = Math.floor(answer.seq / 2);
  const turnAbout = answer.seq % 2 === 0;
  // The second and third word's moment announces itself.
  const plain =
    !turnAbout || isAsideQuestion(from.step) || ask.step === 'q2_word2' || ask.step === 'o1_word3';
  if (ask.probe === null) return [...lines, language.variant(plain ? 'acks:thanks' : 'acks:next', nth)];
  if (ask.gentle || !TAKES_ACKNOWLEDGEMENT.has(ask.probe)) return lines;
  const quote = ask.probe === 'P-CHILD' ? quoteFrom(answer, 'teacher') : null;
  if (quote !== null) return [...lines, language.variant('acks:quote', nth, { quote })];
  return [...lines, language.variant(turnAbout ? 'acks:stay' : 'acks:thanks', nth)];
}

function close(teacher: Teacher, shared: boolean, state: string): void {
  const { talk } = teacher;
  const coach = talk.school.coach.name;
  if (!shared) talk.update({ status: 'kept' });
  talk.notice(`interview:${shared ? 'r5_shared' : 'r5_kept'}`, { coach }, { step: 'r5_end' });
  if (state === 'stateTalk') {
    const { contact } = talk.school;
    const key = contact === null ? 'interview:r5_talk_coach' : 'interview:r5_end_talk';
    return talk.notice(key, { coach, ...(contact === null ? {} : { contact }) }, { step: 'r5_end' });
  }
  teacher.offer('reflection:offer', ['reflect', 'startAgain'], { child: talk.alias });
}

/** At most six of the teacher's own words in which a feeling of this holder was heard, to say back. */
function quoteFrom(answer: Answer | undefined, holder: Holder): string | null {
  const evidence = answer?.heard?.evidence.find((e) => e.holder === holder || e.holder === 'unknown');
  if (!answer || !evidence) return null;
  const { text } = answer;
  // As much of the sentence as stands between two marks, so that it does not break off in the middle ("was proud of").
  const from = text.slice(0, evidence.start).search(/[^.,;:!?\n()…–]*$/u);
  const after = text.slice(evidence.end).search(/[.,;:!?\n()…–]/u);
  const whole = short(text.slice(from, after < 0 ? undefined : evidence.end + after));
  return whole ?? short(text.slice(evidence.start, evidence.end));
}

function short(text: string): string | null {
  const words = text.replace(/\s+/gu, ' ').trim();
  return words === '' || words.split(' ').length > LONGEST_QUOTE_WORDS ? null : words;
}
