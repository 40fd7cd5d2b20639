/**
 * One turn in the making: what is known, what has changed so far, what will be said. The rest of dialogs/ speaks through it;
 * at the end it becomes the Outcome that bot/ saves.
 */
import { wholeKey, type KeyOf, type Language, type TextKey, type Texts } from '../locales/index.ts';
import {
  begin,
  eventOf,
  fromStored,
  paceOf,
  pendingOf,
  replay,
  take,
  toStored,
  withPace,
  type Course,
} from '../machines/course.ts';
import {
  asideOf,
  createAside,
  createDefinition,
  isQuestion,
  type AsideId,
  type Definition,
  type QuestionId,
} from '../machines/definition.ts';
import type { ProbeId } from '../machines/follow-up.ts';
import type { Effect, InterviewEvent } from '../machines/interview.ts';
import type { Handover, Week } from '../machines/handover.ts';
import { keyOf, sameKey, type Answer, type AnswerKey } from '../machines/journal.ts';
import { schoolContactsSchema, type SchoolContacts } from '../locales/contacts.ts';
import type { AdminMemory } from './admin-desk.ts';
import type { DialogMemory } from './dialog.ts';
import type { FileMemory } from './documents.ts';
import type {
  Act,
  Conversation,
  Filed,
  HandedOver,
  Interview,
  InvokeAnswer,
  Label,
  NewSettings,
  Outcome,
  Outgoing,
  Scene,
  SchoolView,
  World,
} from './ports.ts';

type Snapshot = Course['snapshot'];

/** What the dialog remembers between two messages, besides the interview. No texts of people. */
export interface Memory {
  /** The buttons of the question on the screen: an opaque token for each time it was put, and what the buttons stand for, by position. */
  readonly buttons?: {
    readonly tokens: readonly string[];
    readonly ids: readonly string[];
    readonly for: string;
  };
  /** The button pressed last: Teams may send a press again under another message id. */
  readonly spent?: string;
  /** Which interview of this teacher it is, from 0: the second one uses other wordings. */
  readonly round?: number;
  /** How often each kind of follow-up was asked in earlier interviews. */
  readonly heard?: Readonly<Partial<Record<ProbeId, number>>>;
  /** Page of the review, from 0. */
  readonly page?: number;
  /** The review is done in the chat, although there are dialogs. */
  readonly inChat?: boolean;
  /** Answers lie ahead of the question on the screen (after "back" or "change"): the next one is followed by a replay. */
  readonly rewound?: boolean;
  /** The interview that a small script was begun beside; to go back to. */
  readonly before?: { readonly id: string; readonly open: boolean; readonly rewound: boolean } | undefined;
  /** The teacher was told that the profile has not reached the coach. */
  readonly toldWaiting?: boolean;
  /** The question that waits for an answer: how the plan goes, or whether the coach may read it. */
  readonly checkIn?:
    { readonly interviewId: string; readonly week: Week; readonly waitsFor: 'answer' | 'word' } | undefined;
  /** Whom a coach spoke of last, and when (epoch ms). */
  readonly about?:
    { readonly interviewId: string; readonly at: number; readonly proposing: boolean } | undefined;
  /** The buttons of a coach's list: a token, and whom each is about. */
  readonly list?: { readonly token: string; readonly interviews: readonly string[] };
  /** When the last button was pressed (epoch ms). */
  readonly spentAt?: number;
  /** Where an admin is in the settings; absent outside them. */
  readonly admin?: AdminMemory | undefined;
  /** Dialogs that are open, and the buttons that open one. */
  readonly dialogs?: DialogMemory;
  /** Documents that were offered. */
  readonly files?: FileMemory;
  /** Which mistakes of the school file this admin was told. */
  readonly toldTrouble?: string;
}

export class Talk {
  readonly scene: Scene;
  readonly world: World;
  readonly texts: Texts;
  /** Whether the person of this turn is an admin of the school. */
  readonly isAdmin: boolean;
  school: SchoolView;
  readonly #schoolAt: (version: number | null) => SchoolView;
  language: Language;
  memory: Memory;
  interview: Interview | null;
  readonly outgoing: Outgoing[] = [];
  /** What is asked is asked in the dialog that was sent; the chat only says where things stand. */
  inDialog = false;
  #snapshot: Snapshot | null = null;
  #answers: Answer[] | null = null;
  #put = new Map<string, Answer>();
  #dropped = new Map<string, AnswerKey>();
  #conversation: { language?: string; greeted?: boolean; interviewId?: string | null } = {};
  #interviewChanged = false;
  #erase: 'interview' | 'person' | null = null;
  #acts: Act[] = [];
  #settings: NewSettings | null = null;
  #withdraw: Outcome['withdraw'];
  #handovers: HandedOver[] | null = null;
  #kept = new Map<string, Handover>();
  #answer: InvokeAnswer | undefined;
  #remove: string[] = [];

  constructor(
    scene: Scene,
    world: World,
    texts: Texts,
    /** The school's settings; the texts are those of the version, the newest for null. */
    schoolAt: (version: number | null) => SchoolView,
    isAdmin = false,
  ) {
    this.isAdmin = isAdmin;
    this.scene = scene;
    this.world = world;
    this.texts = texts;
    this.#schoolAt = schoolAt;
    this.school = schoolAt(scene.interview?.settings ?? null);
    this.memory = scene.conversation.memory;
    this.interview = scene.interview;
    this.language = this.#voiced(languageOf(scene.conversation, texts, this.school));
  }

  /* ------------------------------------------------------------ what is known */

  get conversation(): Conversation {
    return this.scene.conversation;
  }

  get greeted(): boolean {
    return this.#conversation.greeted ?? this.conversation.greeted;
  }

  get alias(): string {
    return this.interview?.names.alias ?? '';
  }

  get words(): readonly string[] {
    return this.interview?.names.words ?? [];
  }

  /** Whom the safety cards name. */
  get contacts(): SchoolContacts {
    return this.school.safety?.contacts ?? schoolContactsSchema.parse({});
  }

  /** Whether the coach learns that a safety card was shown. */
  get marksCards(): boolean {
    return this.school.safety?.marker ?? true;
  }

  /** The answers as they are by now, in the order they were given. */
  async answers(): Promise<readonly Answer[]> {
    if (this.#answers) return this.#answers;
    const before = this.#isStored ? await this.scene.answers() : [];
    const kept = before.filter((a) => !this.#put.has(keyOf(a)) && !this.#dropped.has(keyOf(a)));
    return (this.#answers = [...kept, ...this.#put.values()].sort((a, b) => a.seq - b.seq));
  }

  /** Which answers there are by now. */
  async #filed(): Promise<readonly Filed[]> {
    if (this.#answers) return this.#answers;
    const before = this.#isStored ? await this.scene.filed() : [];
    const kept = before.filter((a) => !this.#put.has(keyOf(a)) && !this.#dropped.has(keyOf(a)));
    return [...kept, ...this.#put.values()];
  }

  /** By id: the interview is another object as soon as something of it has changed in this turn. */
  get #isStored(): boolean {
    return this.interview?.id === this.scene.interview?.id;
  }

  /** What was shared, as it is by now: with this coach, or by this teacher. Nobody else changes it until the turn is over. */
  async handovers(): Promise<readonly HandedOver[]> {
    this.#handovers ??= [...((await this.scene.handovers?.()) ?? [])];
    return this.#handovers;
  }

  /** Changes the record of what follows on a shared interview, or begins one. */
  keep(handover: Handover): void {
    const same = (one: Handover): boolean =>
      one.interviewId === handover.interviewId && one.coach.id === handover.coach.id;
    this.#kept.set(`${handover.interviewId} ${handover.coach.id}`, handover);
    this.#handovers =
      this.#handovers?.map((one) => (same(one.handover) ? { ...one, handover } : one)) ?? null;
  }

  /** The machine's snapshot; rebuilt from the answers when the stored one cannot be used. */
  async snapshot(): Promise<Snapshot> {
    if (this.#snapshot) return this.#snapshot;
    const { definition, snapshot } = this.open();
    const stored = fromStored(definition, snapshot);
    if (stored) return (this.#snapshot = stored);
    this.#interviewChanged = true;
    return (this.#snapshot = replay(definition, await this.answers()).snapshot);
  }

  /** The interview that is under way; only called where there is one. */
  open(): Interview {
    if (!this.interview) throw new Error('no interview in this conversation');
    return this.interview;
  }

  /* ------------------------------------------------------------ what changes */

  greet(): void {
    this.#conversation = { ...this.#conversation, greeted: true };
  }

  remember(change: Partial<Memory>): void {
    this.memory = { ...this.memory, ...change };
  }

  speak(code: string): void {
    this.#conversation = { ...this.#conversation, language: code };
    this.language = this.#voiced(this.texts.language(code));
  }

  /** Speaks this language until the end of the turn; the person's own choice stays. */
  speakNow(code: string): void {
    if (this.texts.has(code)) this.language = this.#voiced(this.texts.language(code));
  }

  update(change: Partial<Omit<Interview, 'id'>>): void {
    this.interview = { ...this.open(), ...change };
    this.#interviewChanged = true;
  }

  /** Another language than that of this conversation, for who reads it elsewhere. */
  inLanguage(code: string | undefined): Language {
    return code !== undefined && this.texts.has(code)
      ? this.#voiced(this.texts.language(code))
      : this.language;
  }

  /** The language as the school wants to be spoken for. */
  #voiced(language: Language): Language {
    const voice = this.school.voices?.[language.code];
    return voice ? language.with(voice) : language;
  }

  /** What the new interview begins with stays with it: the questions, the texts, the form of address. */
  beginInterview(): readonly Effect[] {
    this.school = this.#schoolAt(null);
    this.language = this.#voiced(this.language);
    const definition = createDefinition({
      depth: this.school.depth,
      optional: this.school.optional.filter((id): id is QuestionId => isQuestion(id)),
      sliders: this.school.sliders ?? false,
    });
    const effects = this.#begin(definition);
    this.remember({ toldWaiting: false });
    return effects;
  }

  /** Which small script this is; null in an interview, or without one. */
  get aside(): AsideId | null {
    return this.interview ? asideOf(this.interview.definition) : null;
  }

  /** Begins a small script about the same child; the interview stays as it is. `open`: it is to be gone on with. */
  beginAside(
    id: AsideId,
    open: boolean,
    { first, ...asked }: { first?: Interview['first']; sliders?: boolean; show?: boolean } = {},
  ): readonly Effect[] {
    const before = this.interview;
    const rewound = this.memory.rewound ?? false;
    const effects = this.#begin(createAside(id, asked));
    if (before) this.update({ names: { alias: before.names.alias, words: [] } });
    if (first) this.update({ first });
    this.remember({ before: before ? { id: before.id, open, rewound } : undefined });
    return effects;
  }

  /** The small script is over: back to the interview. With `erase`, nothing of it is kept. */
  leaveAside({ erase }: { readonly erase: boolean }): void {
    const { before } = this.memory;
    if (erase) this.erase('interview');
    else this.update({ status: 'kept' });
    if (before) this.#conversation = { ...this.#conversation, interviewId: before.id };
    this.remember({ before: undefined, rewound: before?.rewound ?? false });
  }

  #begin(definition: Definition): readonly Effect[] {
    const course = begin(definition);
    this.interview = {
      id: this.world.newId(),
      definition,
      snapshot: null,
      status: 'open',
      names: { alias: null, words: [] },
      marks: {},
      shared: null,
      startedAt: this.world.now(),
      ...(this.school.version === undefined ? {} : { settings: this.school.version }),
    };
    this.#answers = [];
    this.#snapshot = course.snapshot;
    this.#interviewChanged = true;
    this.#conversation = { ...this.#conversation, interviewId: this.interview.id };
    this.remember({ page: 0, inChat: false, rewound: false, checkIn: undefined });
    return course.effects;
  }

  /** An event that is not an answer: the pace, the erasure. */
  async happen(event: InterviewEvent): Promise<readonly Effect[]> {
    const { snapshot, effects } = take(this.open().definition, await this.snapshot(), event);
    this.#snapshot = snapshot;
    this.#interviewChanged = true;
    return effects;
  }

  /** Files an answer. The same key replaces. */
  async file(answer: Omit<Answer, 'seq' | 'reopened'> & { readonly reopened?: boolean }): Promise<Answer> {
    const there = await this.#filed();
    const known = there.some((a) => sameKey(a, answer));
    const earlier = known ? (await this.answers()).find((a) => sameKey(a, answer)) : undefined;
    const seq = earlier?.seq ?? there.reduce((most, a) => Math.max(most, a.seq), 0) + 1;
    const filed: Answer = { ...answer, seq, reopened: answer.reopened ?? false };
    this.#answers = null;
    this.#put.set(keyOf(filed), filed);
    this.#dropped.delete(keyOf(filed));
    if (earlier && earlier.text !== filed.text) this.forgetMarks(filed);
    return filed;
  }

  async dropAnswer(key: AnswerKey): Promise<void> {
    this.#answers = null;
    this.#put.delete(keyOf(key));
    this.#dropped.set(keyOf(key), { step: key.step, probe: key.probe });
    this.forgetMarks(key);
  }

  /** Decisions about the sentences of an answer that is gone do not hold for the new one. */
  forgetMarks(key: AnswerKey): void {
    const prefix = `${keyOf(key)}#`;
    const { marks } = this.open();
    const kept = Object.entries(marks).filter(([id]) => !id.startsWith(prefix));
    if (kept.length < Object.keys(marks).length) this.update({ marks: Object.fromEntries(kept) });
  }

  /** Goes on after an answer: one step, or by replay when answers lie ahead. Gives what has to be done now. */
  async advance(answer: Answer): Promise<readonly Effect[]> {
    if (this.memory.rewound) return this.rebuild(answer);
    return this.happen(eventOf(answer));
  }

  /** Where the answers lead: the one road for back, change, edits and recovery. `given`: the answer this turn brought. */
  async rebuild(given?: Answer): Promise<readonly Effect[]> {
    const { definition } = this.open();
    const pace = paceOf(await this.snapshot());
    const { snapshot, effects, last, ahead } = replay(definition, await this.answers());
    this.#snapshot = withPace(definition, snapshot, pace);
    this.#interviewChanged = true;
    this.remember({ rewound: ahead });
    // What an earlier answer led to was done then; only what this one leads to is done now.
    if (given && last && sameKey(given, last)) return effects;
    const ask = pendingOf(this.#snapshot);
    return ask ? [{ type: 'ask', ask }] : [];
  }

  /** Makes a new version of the school's settings. */
  changeSettings(made: NewSettings): void {
    this.#settings = made;
  }

  erase(what: 'interview' | 'person'): void {
    this.#erase = what;
    this.audit({ act: 'erased' });
  }

  /** Takes back the profile of this interview from a coach. */
  withdraw(what: NonNullable<Outcome['withdraw']>): void {
    this.#withdraw = what;
  }

  /** Takes a message of the bot out of this chat, where the channel allows. */
  remove(message: string | null): void {
    if (message !== null) this.#remove.push(message);
  }

  /** Changes an earlier interview; the conversation stays with the one at hand, which must not change in the same turn. */
  changeEarlier(earlier: Interview): void {
    this.#conversation = { ...this.#conversation, interviewId: this.scene.interview?.id ?? null };
    this.interview = earlier;
    this.#interviewChanged = true;
  }

  /** Answers the invoke of this turn. */
  reply(answer: InvokeAnswer): void {
    this.#answer = answer;
  }

  /** Whether the invoke of this turn has its answer. */
  get replied(): boolean {
    return this.#answer !== undefined;
  }

  /** Puts an act on record. */
  audit(act: Act): void {
    this.#acts.push(act);
  }

  /* ------------------------------------------------------------ what is said */

  say(message: Omit<Outgoing, 'lang' | 'to'> & Partial<Pick<Outgoing, 'lang' | 'to'>>): void {
    this.outgoing.push({ to: 'here', lang: this.language.tag, ...message });
  }

  /** A short message that asks nothing. */
  notice(
    key: KeyOf<'notices'> | TextKey,
    params: Record<string, string | number> = {},
    extra: Partial<Label> = {},
  ): void {
    this.say({
      label: { step: this.step, kind: 'notice', ...extra },
      text: this.language.t(wholeKey('notices', key), params),
    });
  }

  /** The step a notice belongs to: the one that is waiting for an answer. */
  get step(): Label['step'] {
    if (this.conversation.role === 'coach') return 'coach';
    if (!this.interview) return 'c1_bot';
    const snapshot = this.#snapshot ?? fromStored(this.interview.definition, this.interview.snapshot);
    return (snapshot ? pendingOf(snapshot)?.step : null) ?? 'r5_end';
  }

  outcome(): Outcome {
    const snapshot = this.#snapshot;
    const memoryChanged = this.memory !== this.conversation.memory;
    const conversation = {
      ...this.#conversation,
      ...(memoryChanged ? { memory: this.memory as Record<string, unknown> } : {}),
    };
    const erase = this.#erase;
    const audit = this.#acts.length > 0 ? { audit: this.#acts } : {};
    const answer = this.#answer === undefined ? {} : { answer: this.#answer };
    if (erase) return { erase, conversation, outgoing: this.outgoing, ...answer, ...audit };
    return {
      ...(Object.keys(conversation).length > 0 ? { conversation } : {}),
      ...(this.#interviewChanged && this.interview
        ? { interview: snapshot ? { ...this.interview, snapshot: toStored(snapshot) } : this.interview }
        : {}),
      ...(this.#put.size > 0 ? { put: [...this.#put.values()] } : {}),
      ...(this.#dropped.size > 0 ? { drop: [...this.#dropped.values()] } : {}),
      outgoing: this.outgoing,
      ...(this.#settings ? { settings: this.#settings } : {}),
      ...(this.#withdraw ? { withdraw: this.#withdraw } : {}),
      ...(this.#kept.size > 0 ? { handovers: [...this.#kept.values()] } : {}),
      ...(this.#remove.length > 0 ? { remove: this.#remove } : {}),
      ...answer,
      ...audit,
    };
  }
}

/** The teacher's choice, else the school's default, else Teams' language, else the first the school offers. */
export function languageOf(conversation: Conversation, texts: Texts, school: SchoolView): Language {
  const offered = school.languages.offered.filter((code) => texts.has(code));
  const negotiated = texts.negotiate(conversation.locale);
  const candidates = [
    conversation.language,
    school.languages.default,
    negotiated !== null && offered.includes(negotiated) ? negotiated : null,
    offered[0],
    texts.codes[0],
  ];
  const code = candidates.find((c): c is string => typeof c === 'string' && texts.has(c));
  return texts.language(code ?? 'nl');
}
