/** The teacher's side: what a message means at this point of the interview, and what follows from it. */
import type { KeyOf, TextKey } from '../locales/index.ts';
import type { Pack } from '../machines/listening/pack.ts';
import { listen } from '../machines/listening/listen.ts';
import type { Heard, QuestionKind } from '../machines/listening/types.ts';
import { isErasureAsked, paceOf, pendingOf } from '../machines/course.ts';
import { isAsideQuestion, isQuestion, isSliders, questionRule, type StepId } from '../machines/definition.ts';
import { isFeeling } from '../machines/feelings.ts';
import type { ProbeId } from '../machines/follow-up.ts';
import type { Effect } from '../machines/interview.ts';
import type { Ask } from '../machines/slots.ts';
import { sameKey, type Answer } from '../machines/journal.ts';
import { mergeWords, readWords } from '../machines/words.ts';
import {
  choicesFor,
  choiceText,
  excerpt,
  FEELING_WORDS,
  pressed,
  putOffer,
  putQuestion,
  readFeelings,
  wordingOf,
  type AnyChoice,
} from './asking.ts';
import { normalise, readCommand, type Command } from './commands.ts';
import { answerAfterwards, pressAfterwards, readAfterwards } from './afterwards.ts';
import { obey } from './anytime.ts';
import { carryOut, type After } from './following.ts';
import { openedBy } from './dialog.ts';
import { wordsIn } from './lookback.ts';
import { addToHeld, chooseMasking, holdBack, identifies } from './masking.ts';
import type { Incoming } from './ports.ts';
import { chooseInReview, readInReview } from './review.ts';
import { addWhileAsked, chooseSafety, isConfirmed, leaveMoment, raise, showPinned } from './safety.ts';
import { chooseSliders, readTypedSliders } from './sliders.ts';
import type { Talk } from './talk.ts';
import { putWaiting, readWaiting, waitsFor } from './waiting.ts';

export type Packs = (lang: string) => Pack;

type TextIncoming = Extract<Incoming, { kind: 'text' }>;
/** What an answer is made of, besides its key. */
export type Said = Pick<TextIncoming, 'text' | 'sources' | 'pieces'>;

const LONGEST_ALIAS = 30;
const LONGEST_WORD = 40;
const LONGEST_ALIAS_WORDS = 2;

const REVIEW_CHOICES: readonly AnyChoice[] = ['reviewDone', 'reviewNext', 'reviewInChat'];
const READ_FROM_TEXT = new Set<StepId>(['c4_alias', 'q1_words', 'b1_words']);
const WORDS = new Set<StepId>(['q1_words', 'b1_words']);

/** A question whose answer is typed freely; on other steps a text is a choice or a mistake. */
const FREE_TEXT = new Set<StepId>(['c4_alias', 'r2_add']);
export const isFreeText = (ask: Ask | null): boolean =>
  ask !== null &&
  !isSliders(ask.step) &&
  (isQuestion(ask.step) || isAsideQuestion(ask.step) || FREE_TEXT.has(ask.step));

/** The nickname in a text; null when it can be none. */
export function readAlias(text: string): string | null {
  const alias = text
    .trim()
    .replace(/^["'“‘]+|["'”’.!?]+$/gu, '')
    .replace(/\s+/gu, ' ');
  const usable = /^[\p{L}\p{M}][\p{L}\p{M}' -]*$/u.test(alias);
  return usable && alias.length <= LONGEST_ALIAS && alias.split(' ').length <= LONGEST_ALIAS_WORDS
    ? alias
    : null;
}

export class Teacher {
  readonly talk: Talk;
  readonly #packs: Packs;

  constructor(talk: Talk, packs: Packs) {
    this.talk = talk;
    this.#packs = packs;
  }

  /* ------------------------------------------------------------ reading a message */

  async read(said: Said): Promise<void> {
    const { talk } = this;
    if (!talk.interview) return this.#readWithoutInterview(said);
    const snapshot = await talk.snapshot();
    const ask = pendingOf(snapshot);
    const erasing = isErasureAsked(snapshot);
    const choice =
      (erasing ? null : readWaiting(talk, said.text)) ?? this.typedChoice(ask, erasing, said.text);
    if (choice !== null) return this.choose(choice, {}, ask);
    if (await readAfterwards(this, said.text)) return;
    const command = readCommand(said.text, talk.language);
    // A bare "ja" or "nee" commands nothing: it is an answer.
    if (command && command.id !== 'yes' && command.id !== 'no') return obey(this, command);
    // Anything but yes is no: nothing is deleted by mistake, and the answer is not lost.
    if (erasing) await talk.happen({ type: 'ERASE_DECLINED' });
    if ((await addWhileAsked(this, said)) || addToHeld(talk, said)) return;
    if ((!ask || paceOf(snapshot) === 'stopped') && (await answerAfterwards(this, said.text))) return;
    if (paceOf(snapshot) === 'stopped') return this.#unkept(said, 'stoppedStill');
    if (paceOf(snapshot) === 'paused') return this.hold(ask, said);
    if (!ask) return this.#unkept(said, 'closed');
    return this.answer(ask, said);
  }

  /** What is said besides the interview is heard all the same: somebody may be in need. */
  async heed(text: string): Promise<void> {
    if (text.trim() !== '') await raise(this, text, this.listen(text, 'closing'), { filed: true });
  }

  /** What is not kept is heard all the same: somebody may be in need. */
  async #unkept(said: Said, key: KeyOf<'notices'>): Promise<void> {
    if (!(await raise(this, said.text, this.listen(said.text, 'closing'), { filed: false })))
      this.talk.notice(key);
  }

  /** Before the first interview, or after everything was erased. */
  async #readWithoutInterview(said: Said): Promise<void> {
    const { talk } = this;
    if (await raise(this, said.text, this.listen(said.text, 'closing'), { filed: false })) return;
    if (!talk.greeted) return this.welcome();
    const command = readCommand(said.text, talk.language);
    const starts = choiceText(talk.language, 'start').say.some(
      (word) => normalise(word) === normalise(said.text),
    );
    if (starts) return this.welcome();
    return command && command.id !== 'no' ? obey(this, command) : this.offer('erased', ['startAgain']);
  }

  async press(token: string, values: Readonly<Record<string, string>>): Promise<void> {
    const { talk } = this;
    // Teams may send the same press again under a new id.
    if (token === talk.memory.spent) return;
    // Where no dialog opens, the button comes as one of the chat: then the chat has it.
    const choice = openedBy(talk, token) === 'review' ? 'reviewInChat' : pressed(talk, token);
    if (choice === null && (await pressAfterwards(this, token, values))) return;
    const ask = talk.interview ? pendingOf(await talk.snapshot()) : null;
    if (choice === null || !this.#isOffered(choice, ask)) return talk.notice('stale');
    talk.remember({ spent: token });
    return this.choose(choice, values, ask);
  }

  /** A button of an earlier question answers nothing now; a command can be given at any time. */
  #isOffered(id: string, ask: Ask | null): boolean {
    if (Object.hasOwn(COMMAND_OF, id) || id.startsWith('lang:')) return true;
    if (waitsFor(this.talk, id)) return true;
    if (!ask) return false;
    if (ask.step === 'r3_share' && id === 'reviewInChat') return true;
    if (ask.step === 'r1_review') return (REVIEW_CHOICES as readonly string[]).includes(id);
    const alsoOnCard = ask.probe === 'P-WORDS' ? ['wordsChosen'] : [];
    return [...choicesFor(this.talk, ask, true), ...alsoOnCard].includes(id);
  }

  /** The choice that this text types out, if it is one of those offered now. */
  typedChoice(ask: Ask | null, erasing: boolean, text: string): string | null {
    const { talk } = this;
    const typed = normalise(text);
    const reopened = ask !== null && talk.memory.rewound === true;
    const offered: AnyChoice[] = erasing
      ? ['eraseYes', 'eraseNo']
      : ask
        ? choicesFor(talk, ask, reopened)
        : [];
    const review = ask?.step === 'r1_review' ? REVIEW_CHOICES : [];
    return (
      [...offered, ...review].find(
        (id) =>
          !id.startsWith('feeling:') &&
          choiceText(talk.language, id).say.some((word) => normalise(word) === typed),
      ) ?? null
    );
  }

  /* ------------------------------------------------------------ choices */

  async choose(id: string, values: Readonly<Record<string, string>>, ask: Ask | null): Promise<void> {
    const { talk } = this;
    if (id.startsWith('lang:')) return obey(this, { id: 'speak', lang: id.slice('lang:'.length) });
    switch (id) {
      case 'start':
        return this.#fileChoice(ask, ['start']);
      case 'more':
        talk.notice('interview:c3_more', { coach: talk.school.coach.name });
        return ask ? this.perform([{ type: 'ask', ask }]) : undefined;
      case 'notNow':
        return talk.notice('declined');
      case 'safetyYes':
      case 'safetyNo':
        return chooseSafety(this, id);
      case 'mask':
        return chooseMasking(this, id);
      case 'leaveAsIs':
        if (talk.interview?.held) return chooseMasking(this, id);
        return ask ? this.#leave(ask) : undefined;
      case 'said':
      case 'keepWords':
        return ask ? this.#file(ask, { text: '', sources: [] }, { kind: 'said' }) : undefined;
      case 'wordsChosen':
        return ask ? this.#chooseFeelings(ask, (values[FEELING_WORDS] ?? '').split(',')) : undefined;
      case 'addNothing':
        return ask ? this.#file(ask, { text: '', sources: [] }, { kind: 'skipped' }) : undefined;
      case 'stateFine':
      case 'stateTouched':
      case 'stateTalk':
      case 'showCoach':
      case 'notShow':
      case 'keepMine':
      case 'eraseMine':
        return this.#fileChoice(ask, [id]);
      case 'slidersDone':
        return ask ? chooseSliders(this, ask, values) : undefined;
      case 'eraseYes':
      case 'eraseNo':
      case 'startAgain':
      case 'skip':
      case 'back':
      case 'pause':
      case 'resume':
      case 'help':
      case 'stop':
      case 'later':
      case 'reflect':
      case 'lookBack':
        return obey(this, { id: COMMAND_OF[id] } as Command);
      default:
        return chooseInReview(this, id, values, ask);
    }
  }

  async #fileChoice(
    ask: Ask | null,
    words: readonly string[],
    sources: readonly string[] = [],
  ): Promise<void> {
    if (ask) await this.#file(ask, { text: '', sources }, { kind: 'chosen', words });
  }

  /** A choice that is filed by what put it: the review's end, the six sentences. */
  fileChoice(ask: Ask, words: readonly string[], sources: readonly string[] = []): Promise<void> {
    return this.#fileChoice(ask, words, sources);
  }

  async #leave(ask: Ask): Promise<void> {
    const earlier = (await this.talk.answers()).find((a) => sameKey(a, ask) && a.reopened);
    if (!earlier) return this.perform([{ type: 'ask', ask }]);
    // The alias and the words are read from the text; one that came during a pause was not read yet.
    if (earlier.kind === 'answered' && READ_FROM_TEXT.has(ask.step)) return this.answer(ask, earlier);
    await this.#goOn(ask, await this.talk.file({ ...earlier, reopened: false }), {});
  }

  async #chooseFeelings(ask: Ask, ids: readonly string[]): Promise<void> {
    const chosen = ids.map((id) => id.trim()).filter((id) => id !== '');
    if (chosen.length === 0) return this.perform([{ type: 'ask', ask }]);
    const words = this.talk.language.feelings();
    const text = chosen.map((id) => words[id] ?? id).join(', ');
    const told = chosen.filter(isFeeling);
    await this.#file(
      ask,
      { text: told.length > 0 ? text : '', sources: [] },
      { kind: 'chosen', words: chosen },
    );
  }

  /* ------------------------------------------------------------ answers */

  /** `released`: the teacher has decided about what the answer tells of somebody. */
  async answer(ask: Ask, said: Said, { released = false }: { released?: boolean } = {}): Promise<void> {
    const { talk } = this;
    const keeps =
      isQuestion(ask.step) || isAsideQuestion(ask.step) || ask.step === 'r2_add' || ask.step === 'r4_state';
    // Names and words are repeated in later questions, so they are no place for what is about safety.
    if (!keeps || WORDS.has(ask.step) || isSliders(ask.step)) {
      if (await raise(this, said.text, this.listen(said.text, 'closing'), { filed: false })) return;
      // A nickname that tells who it is is none: nothing to mask, another one is asked for.
      if (ask.step === 'c4_alias' && identifies(talk, said.text)) {
        const replace = talk.language.t('interview:c4_again');
        return this.perform([{ type: 'ask', ask }], { replace });
      }
      if (ask.step === 'q1_words' && !released && holdBack(talk, ask, said)) return void putWaiting(talk);
    } else if (!released && holdBack(talk, ask, said)) {
      const heard = this.listen(said.text, listeningFor(ask.step, ask.probe));
      if (!(await raise(this, said.text, heard, { filed: true }))) putWaiting(talk);
      return;
    }
    switch (ask.step) {
      case 'c4_alias':
        return this.#nameAlias(ask, said);
      case 'q1_words':
        return this.#nameWords(ask, said);
      case 'r2_add':
        return this.#file(ask, said, { heard: this.listen(said.text, 'closing') });
      case 'r4_state':
        return this.#file(ask, said, { heard: this.listen(said.text, 'closing') });
      default:
        break;
    }
    if (isSliders(ask.step)) return readTypedSliders(this, ask, said.text, said.sources);
    if (ask.step === 'm5_keep' || ask.step === 'b3_show') return putQuestion(talk, ask, null);
    if (ask.step === 'b1_words') return this.#file(ask, said, { words: wordsIn(talk, said) });
    if (!isQuestion(ask.step) && !isAsideQuestion(ask.step)) {
      const taken = await readInReview(this, ask, said.text);
      return taken ? undefined : this.perform([{ type: 'ask', ask }]);
    }
    if (ask.probe === 'P-WORDS') {
      const chosen = readFeelings(this.talk.language, said.text);
      if (chosen.length > 0) return this.#chooseFeelings(ask, chosen);
    }
    return this.#file(ask, said, { heard: this.listen(said.text, listeningFor(ask.step, ask.probe)) });
  }

  /** What the text says, by the listener of the language it is written in. */
  listen(text: string, question: QuestionKind): Heard {
    const { alias } = this.talk;
    return listen(text, this.pack(), { question, ...(alias === '' ? {} : { pupil: alias }) });
  }

  async #nameAlias(ask: Ask, said: Said): Promise<void> {
    const alias = readAlias(said.text);
    if (alias === null) {
      return this.perform([{ type: 'ask', ask }], { replace: this.talk.language.t('interview:c4_again') });
    }
    this.talk.update({ names: { ...this.talk.open().names, alias } });
    await this.#file(ask, { ...said, text: alias }, {});
  }

  async #nameWords(ask: Ask, said: Said): Promise<void> {
    const { talk } = this;
    const whole = this.listen(said.text, 'three_word');
    const unknown = whole.signals.some((s) => s.kind === 'dontKnow');
    const read = unknown ? [] : readWords(said.text, talk.language.joiners());
    const merged = ask.probe === null ? read : mergeWords(talk.words, read);
    // After asking once more, a teacher's sentence is a word too: nobody is kept at the door.
    const kept = merged.length > 0 || ask.probe === null || unknown;
    const words = kept ? merged : [excerpt(said.text, LONGEST_WORD)];
    talk.update({ names: { ...talk.open().names, words } });
    const heard = words.length === 0 ? whole : this.listen(words.join(', '), 'three_word');
    await this.#file(ask, said, { words, heard });
  }

  async skip(ask: Ask): Promise<void> {
    const can =
      isQuestion(ask.step) ||
      isAsideQuestion(ask.step) ||
      ['r2_add', 'r4_state', 's1_sliders'].includes(ask.step);
    if (ask.step === 's1_sliders') this.talk.update({ sliders: null });
    if (!can) {
      return this.perform([{ type: 'ask', ask }]);
    }
    await this.#file(ask, { text: '', sources: [] }, { kind: 'skipped' });
  }

  async #file(
    ask: Ask,
    said: Said,
    more: { kind?: Answer['kind']; words?: readonly string[]; heard?: Heard },
  ): Promise<void> {
    const { talk } = this;
    const answer = await talk.file({
      step: ask.step,
      probe: ask.probe,
      kind: more.kind ?? 'answered',
      text: said.text,
      heard: more.heard ?? null,
      ...(more.words ? { words: more.words } : {}),
      lang: talk.language.code,
      wording: wordingOf(talk, ask),
      sources: said.sources,
      ...(said.pieces && said.pieces.length > 1 ? { pieces: said.pieces } : {}),
    });
    await this.#goOn(
      ask,
      answer,
      more.kind === 'skipped' && ask.step !== 'r2_add' && ask.step !== 'r4_state' ? { skipped: true } : {},
    );
  }

  async #goOn(ask: Ask, answer: Answer, { skipped = false }: { skipped?: boolean }): Promise<void> {
    const { talk } = this;
    let effects = await talk.advance(answer);
    if (isConfirmed(talk, answer)) {
      await leaveMoment(this);
      const next = pendingOf(await talk.snapshot());
      effects = next ? [{ type: 'ask', ask: next }] : effects;
    }
    const after = { answer, skipped, from: ask };
    // What an answer led to is done; only the next question waits when there is something about safety.
    await this.perform(
      effects.filter((e) => e.type !== 'ask'),
      after,
    );
    if (await raise(this, answer.text, answer.step === 'q1_words' ? null : answer.heard, { filed: true }))
      return;
    await this.perform(
      effects.filter((e) => e.type === 'ask'),
      after,
    );
  }

  /** A text during a pause waits, with the question it may be the answer to, until the teacher goes on. */
  async hold(ask: Ask | null, said: Said, { released = false }: { released?: boolean } = {}): Promise<void> {
    const { talk } = this;
    if (!released && ask && isFreeText(ask) && holdBack(talk, ask, said)) {
      if (!(await raise(this, said.text, this.listen(said.text, 'closing'), { filed: true })))
        putWaiting(talk);
      return;
    }
    if (ask && isFreeText(ask)) {
      const earlier = (await talk.answers()).find((a) => sameKey(a, ask));
      const both = earlier && earlier.text !== '' ? `${earlier.text}\n${said.text}` : said.text;
      const pieces =
        earlier && earlier.text !== '' ? [...(earlier.pieces ?? [earlier.text]), said.text] : undefined;
      await talk.file({
        step: ask.step,
        probe: ask.probe,
        kind: 'answered',
        text: both,
        heard:
          isQuestion(ask.step) || isAsideQuestion(ask.step)
            ? this.listen(both, listeningFor(ask.step, ask.probe))
            : null,
        reopened: true,
        lang: talk.language.code,
        wording: wordingOf(talk, ask),
        sources: [...(earlier?.sources ?? []), ...said.sources],
        ...(pieces && pieces.length === (earlier?.sources.length ?? 0) + said.sources.length
          ? { pieces }
          : {}),
      });
      talk.remember({ rewound: true });
    }
    const heard = this.listen(said.text, 'closing');
    if (await raise(this, said.text, heard, { filed: ask !== null && isFreeText(ask) })) return;
    if (showPinned(talk)) return;
    this.offer('pausedStill', ['resume', 'pause'], { text: excerpt(said.text, 100).replace(/\.$/u, '') });
  }

  /** The listener's pack of the language that is spoken. */
  pack(): Pack {
    return this.#packs(this.talk.language.base);
  }

  /* ------------------------------------------------------------ what follows */

  /** First contact: the bot says what it is and asks whether to begin. */
  async welcome(): Promise<void> {
    const { talk } = this;
    const first = !talk.greeted;
    talk.greet();
    const effects = talk.beginInterview();
    await this.perform(first ? effects : effects.filter((e) => e.type !== 'introduce'));
  }

  /** A notice with buttons of its own. */
  offer(
    key: KeyOf<'notices'> | TextKey,
    ids: readonly AnyChoice[],
    params: Record<string, string | number> = {},
  ): void {
    putOffer(this.talk, key, ids, params);
  }

  /** Carries out what the machine asks for. */
  perform(effects: readonly Effect[], after: After = {}): Promise<void> {
    return carryOut(this, effects, after);
  }
}

const COMMAND_OF: Readonly<Record<string, Command['id']>> = {
  eraseYes: 'yes',
  eraseNo: 'no',
  startAgain: 'again',
  skip: 'skip',
  back: 'back',
  pause: 'pause',
  resume: 'resume',
  help: 'help',
  stop: 'stop',
  later: 'pause',
  reflect: 'reflect',
  lookBack: 'lookBack',
};

/** What the listener is told about a question or a follow-up. */
export function listeningFor(step: StepId, probe: ProbeId | null): QuestionKind {
  if (probe === 'P-BEH' || probe === 'P-OWN' || probe === 'P-WORDS') return 'event_followup_teacher';
  if (probe === 'P-CHILD' || probe === 'P-WHY') return 'event_followup_child';
  return isQuestion(step) ? questionRule(step).listen : 'closing';
}
