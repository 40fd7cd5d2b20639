/**
 * A simulated teacher. Follows the interview by `channelData.klankbord` only, keeps a record of everything said, and does what people
 * do: presses Enter in mid-thought, corrects, goes back, pauses, asks again when nothing comes.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Mail, Posted, Sender } from './mail.ts';
import { between, seeded, type Random } from './random.ts';
import { scriptOf, type Act, type Fragment, type Script } from './script.ts';
import type { Label } from '../../dialogs/ports.ts';
import type { WireActivity } from '../support/fake-teams.ts';

/** One fragment that was sent, and what the checker may expect of it. */
export interface Said {
  readonly mark: string;
  readonly text: string;
  readonly messageId: string;
  /** The question it was meant for. */
  readonly question: string;
  /** Nothing was done at this question before: what is, keeps its first place in the order. */
  readonly first: boolean;
  /** By the teacher's own clock: the order of the fragments. */
  readonly typedAt: number;
  readonly sentAt: number;
  /** Null: Teams never got a 2xx for it. */
  readonly ackedAt: number | null;
  readonly edit: boolean;
  /** Replaced or withdrawn by the teacher later: it must be gone from the answers. */
  replaced: boolean;
}

export interface TeacherOptions {
  readonly seed: string;
  readonly number: number;
  readonly mail: Mail;
  readonly sender: Sender;
  readonly quietMs: number;
  /** After so much silence the teacher asks again, in ms. */
  readonly silenceMs: number;
  readonly until: number;
  /** Waits until the storm has come as far as this teacher (0 to 1 of an interview). */
  readonly pace: (share: number) => Promise<void>;
  /** Whether Teams ever shuffles fragments or gives up on one. */
  readonly rough: boolean;
  /** Half of the questions are skipped. */
  readonly brief: boolean;
}

interface Question {
  readonly key: string;
  readonly label: Label;
  readonly activity: WireActivity;
}

/** About so many messages make an interview. */
const USUAL_ACTS = 33;
const MOST_ACTS = 300;
/** A question that was answered and comes so many times again was not answered for the bot. */
const TIMES_UNHEARD = 3;
/** Share of answers that Teams gives up on when it is not taken at the second attempt. */
const GIVEN_UP = 0.005;

export class Teacher {
  readonly #options: TeacherOptions;
  readonly #random: Random;
  readonly script: Script;
  readonly said: Said[] = [];
  /** Questions as they came, without immediate repetitions. */
  readonly asked: string[] = [];
  /** What happened, to be read when a rule is broken. */
  readonly trace: string[] = [];
  done = false;
  /** A fragment came so late that it may have become an answer of its own, or Teams gave up on one: from here on only plain answers. */
  disturbed: 'late' | 'given up' | 'unheard' | null = null;
  nudges = 0;
  #current: Question | null = null;
  #acted: string | null = null;
  #again = 0;
  /** The question is answered once more because the first answer seems not to have been heard: it must still be there. */
  #unheard = false;
  #wake: (() => void) | null = null;
  #acts = new Map<string, number>();
  #answers = new Map<string, number>();
  #count = 0;
  /** Corrections that wait for the next question. */
  #later: (() => Promise<unknown>)[] = [];

  constructor(options: TeacherOptions) {
    this.#options = options;
    this.#random = seeded(options.seed, options.number, 'teacher');
    this.script = scriptOf(options.seed, options.number, options.brief);
  }

  /** A message of the bot has come. */
  read(activity: WireActivity): void {
    const label = activity.channelData?.klankbord;
    if (!label) return;
    if (label.step === 'r5_end') this.done = true;
    this.#note(`got ${label.step}/${label.probe ?? ''} ${label.kind}`);
    const ids = (label.choices ?? []).map(({ id }) => id);
    const isQuestion =
      label.kind === 'question' || label.kind === 'probe' || (label.kind === 'review' && ids.length > 0);
    if (isQuestion) {
      const key = label.probe ? `${label.step}/${label.probe}` : label.step;
      if (this.asked.at(-1) !== key) this.asked.push(key);
      if (key === this.#acted) this.#again += 1;
      else {
        this.#again = 0;
        this.#acted = null;
      }
      this.#current = { key, label, activity };
    }
    this.#wake?.();
  }

  async run(): Promise<void> {
    const { until, pace, silenceMs } = this.#options;
    await this.#post({ type: 'installationUpdate', action: 'add' });
    while (!this.done && Date.now() < until && this.#count < MOST_ACTS) {
      const question = await this.#next(silenceMs);
      if (this.done) break;
      if (!question) {
        this.nudges += 1;
        await this.#type('herhaal');
        continue;
      }
      this.#count += 1;
      await pace(this.#count / USUAL_ACTS);
      if (this.disturbed) await pause(this.#options.quietMs + 1_000);
      await this.#act(this.#current ?? question);
    }
  }

  /** The question to act on; null when nothing new comes for so long. */
  async #next(ms: number): Promise<Question | null> {
    const until = Date.now() + ms;
    this.#unheard = false;
    while (!this.done && Date.now() < until) {
      if (this.#current && this.#acted === null) return this.#current;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    // Shown again, and again, although it was answered: then it was not heard, and a person says it once more.
    if (this.#current && this.#again >= TIMES_UNHEARD) {
      this.#again = 0;
      this.#unheard = true;
      // What is said twice may also be heard twice, as two answers.
      this.disturbed ??= 'unheard';
      return this.#current;
    }
    return null;
  }

  async #act(question: Question): Promise<void> {
    for (const correct of this.#later.splice(0)) if (!this.disturbed) await correct();
    const { key, label } = question;
    this.#acted = key;
    this.#again = 0;
    const choices = (label.choices ?? []).map(({ id }) => id);
    switch (label.step) {
      case 'c3_consent':
        return this.#choose(question, 'start');
      case 'c4_alias':
        await this.#type(this.script.alias);
        return;
      case 'r1_review':
        return this.#choose(question, 'reviewDone', this.script.removes ? { keep1: 'false' } : {});
      case 'r2_add':
        if (this.script.adds) return this.#answer(question, PLAIN);
        return this.#choose(question, 'addNothing');
      case 'r3_share':
        return this.#choose(question, this.script.sharing);
      case 'r4_state':
        return this.#choose(question, 'stateFine');
      default:
        break;
    }
    const acts = this.script
      .actsAt(key)
      .filter((act) => !this.disturbed || act.type === 'answer' || act.type === 'choose');
    const turn = this.#acts.get(key) ?? 0;
    this.#acts.set(key, turn + 1);
    const act = acts[turn] ?? PLAIN;
    if (act.type === 'choose' && !choices.includes(act.choice)) return this.#answer(question, PLAIN);
    switch (act.type) {
      case 'answer':
        return this.#answer(question, act);
      case 'choose':
        return this.#choose(question, act.choice);
      case 'back':
        await this.#type('terug');
        return;
      case 'change':
        await this.#type(`wijzig ${act.n}`);
        return;
      case 'pause':
        return this.#takeBreak(question, act.note);
    }
  }

  async #takeBreak(question: Question, note: boolean): Promise<void> {
    await this.#type('pauze');
    if (!note) {
      await this.#type('verder');
      return this.#answer(question, PLAIN);
    }
    await this.#answer(question, PLAIN);
    await this.#type('verder');
    await this.#type('zo laten');
  }

  async #choose({ label, activity }: Question, id: string, values: object = {}): Promise<void> {
    const at = (label.choices ?? []).findIndex((choice) => choice.id === id);
    const card = activity.attachments?.[0]?.content as { actions?: { data?: object }[] } | undefined;
    const data = card?.actions?.[at]?.data;
    if (this.script.presses && data) await this.#post({ value: { ...data, ...values } });
    else await this.#type(label.choices?.[at]?.say ?? id);
  }

  async #answer({ key }: Question, act: Extract<Act, { type: 'answer' }>): Promise<void> {
    const nth = (this.#answers.get(key) ?? 0) + 1;
    this.#answers.set(key, nth);
    const split = act.split && !this.disturbed;
    const aside = split && act.withdraw ? [this.script.aside(key, nth)] : [];
    const fragments = [...this.script.answer(key, nth, split), ...aside];
    // An answer given anew replaces the one before, once it is there.
    const before = this.said.filter((said) => !said.replaced && said.question === key);
    const since = Date.now();
    const sent = await this.#say(key, fragments);
    const all = sent.every(({ ackedAt }) => ackedAt !== null);
    const end = Math.max(...sent.map(({ ackedAt }) => ackedAt ?? Infinity));
    const late = sent.length > 1 && end - since > this.#options.quietMs * 0.8;
    if (!all || late) this.disturbed ??= all ? 'late' : 'given up';
    if (all && !this.#unheard) for (const said of before) said.replaced = true;
    if (this.disturbed) return;
    const [first] = sent;
    const last = sent.at(-1);
    if (act.edit === 'soon' && first) await this.#correct(first);
    if (act.edit === 'later' && first) this.#later.push(() => this.#correct(first));
    if (aside.length > 0 && last) this.#later.push(() => this.#withdraw(last));
  }

  /** Sends the fragments as they are typed; Teams may shuffle them on the way. */
  async #say(question: string, fragments: readonly Fragment[]): Promise<Said[]> {
    const { rough } = this.#options;
    const first = (this.#acts.get(question) ?? 0) <= 1;
    const base = Date.now() - fragments.length;
    const order = fragments.map((fragment, i) => ({ ...fragment, typedAt: base + i }));
    if (rough && order.length > 1 && this.#random() < 0.5) order.reverse();
    const tries = rough && this.#random() < GIVEN_UP ? 2 : Infinity;
    const sent: Said[] = [];
    const posts: Promise<void>[] = [];
    for (const { text, mark, typedAt } of order) {
      const sentAt = Date.now();
      const id = randomUUID();
      const timestamp = new Date(typedAt).toISOString();
      const taken = this.#post({ id, text, timestamp }, tries).then(({ ackedAt }) => {
        const said = {
          ...{ mark, text, question, first, typedAt, sentAt, ackedAt },
          ...{ messageId: id, edit: false, replaced: false },
        };
        sent.push(said);
        this.said.push(said);
      });
      posts.push(taken);
      if (rough) await pause(between(this.#random, 0, this.#options.quietMs * 0.15));
      else await taken;
    }
    await Promise.all(posts);
    return sent.sort((a, b) => a.typedAt - b.typedAt);
  }

  async #correct(old: Said): Promise<void> {
    const { text, mark } = this.script.corrected(old.text, old.mark);
    const { ackedAt } = await this.#post({
      type: 'messageUpdate',
      id: old.messageId,
      text,
      channelData: { tenant: { id: this.#options.sender.tenantId }, eventType: 'editMessage' },
    });
    old.replaced = true;
    this.said.push({ ...old, text, mark, ackedAt, edit: true, replaced: false });
  }

  async #withdraw(old: Said): Promise<void> {
    await this.#post({
      type: 'messageDelete',
      id: old.messageId,
      channelData: { tenant: { id: this.#options.sender.tenantId }, eventType: 'softDeleteMessage' },
    });
    old.replaced = true;
  }

  #type(text: string): Promise<Posted> {
    return this.#post({ text });
  }

  async #post(fields: Record<string, unknown>, tries?: number): Promise<Posted> {
    const what = JSON.stringify(fields['text'] ?? fields['value'] ?? fields['type']);
    const type = typeof fields['type'] === 'string' ? fields['type'] : '';
    this.#note(`posts ${type} ${what}`);
    const posted = await this.#options.mail.post(this.#options.sender, fields, tries);
    this.#note(`${posted.ackedAt === null ? 'gave up' : 'acked'} ${type} ${what}`);
    return posted;
  }

  #note(line: string): void {
    this.trace.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
  }
}

const PLAIN: Act & { type: 'answer' } = { type: 'answer', split: false, edit: null, withdraw: false };
