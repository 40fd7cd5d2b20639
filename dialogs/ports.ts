/**
 * The border between the conversation (dialogs/) and the place where it runs (bot/).
 * bot/ loads a Scene under the lock of the conversation, asks `takeTurn` what follows, and saves the Outcome in the same transaction.
 * Everything here is plain JSON; texts of people are sealed by the store.
 */
import type { Answer, AnswerKey } from '../machines/journal.ts';
import type { Handover } from '../machines/handover.ts';
import type { Definition, StepId } from '../machines/definition.ts';
import type { ProbeId } from '../machines/follow-up.ts';
import type { Holder } from '../machines/listening/types.ts';
import type { SliderValues } from '../machines/sliders.ts';
import type { CardId, Safety } from '../machines/safety.ts';
import type { SchoolContacts } from '../locales/contacts.ts';
import type { Voice } from '../locales/index.ts';

/* ---------------------------------------------------------------- what comes in */

/** A message of the channel, as the conversation understands it. */
export type Incoming =
  /** Typed text. `sources`: ids of the Teams messages it consists of; when a thought was split, `pieces` are their texts in the same order. */
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly sources: readonly string[];
      readonly pieces?: readonly string[];
    }
  /** A text that could not be dealt with when it came, long ago perhaps. */
  | { readonly kind: 'returned'; readonly text: string }
  /** A button: the opaque id it carries, and what was filled in on the card. */
  | { readonly kind: 'button'; readonly token: string; readonly values: Readonly<Record<string, string>> }
  /** A dialog is asked for, by a button that carries this opaque id. Reading only: it is answered anew as often as it is asked. */
  | { readonly kind: 'dialogOpen'; readonly token: string }
  /** A dialog is sent: the opaque id of the button in it, and what was filled in. */
  | { readonly kind: 'dialogSent'; readonly token: string; readonly values: Readonly<Record<string, string>> }
  /** The person opened the chat, installed the app, or came back after uninstalling it. */
  | { readonly kind: 'arrived'; readonly installed: boolean }
  /** The app was uninstalled. */
  | { readonly kind: 'left' }
  | { readonly kind: 'edited'; readonly source: string; readonly text: string }
  | { readonly kind: 'deleted'; readonly source: string }
  /** Something that cannot be read as an answer. */
  | { readonly kind: 'unreadable'; readonly what: 'empty' | 'file' | 'voice' | 'picture' }
  /** News about a profile on its way to the coach. `waiting`: not delivered yet, for this reason; `delivered`: it has arrived. */
  | {
      readonly kind: 'delivery';
      readonly interviewId: string;
      readonly state: 'waiting' | 'delivered';
      readonly reason: string;
    }
  /** A card that offered a file was answered. `message`: the id of that card, to take it away; `upload`: where the file may go. */
  | {
      readonly kind: 'file';
      readonly token: string;
      readonly accepted: boolean;
      readonly message: string | null;
      readonly upload: { readonly url: string; readonly file: FileShown } | null;
    }
  /** How an upload ended. `unsure`: it may have arrived; `gone`: it is not for this person any more. */
  | {
      readonly kind: 'uploaded';
      readonly state: 'done' | 'unsure' | 'failed' | 'gone';
      readonly message: string | null;
      readonly file: FileShown | null;
    }
  /** Something that was put off is to happen now, in what follows on this interview. */
  | { readonly kind: 'due'; readonly interviewId: string };

/** Messages of the channel whose sender waits for an answer in the same breath (invokes); bot/activity.ts reads them by name. */
export type Invoke = Extract<Incoming, { kind: 'dialogOpen' | 'dialogSent' }>;

/** What everybody answers in the same way, whoever they are. */
export type ForFiles = Extract<Incoming, { kind: 'file' | 'uploaded' }>;

/** What a document is about. Who may have it is looked up when it is made. */
export type Subject =
  | { readonly kind: 'profile'; readonly interviewId: string }
  /** All that can be asked; for an admin. */
  | { readonly kind: 'script' };

/** A file in somebody's OneDrive, as the channel named it when it gave room for it. */
export interface FileShown {
  readonly name: string;
  readonly url: string;
  readonly id: string;
  readonly type: string;
}

export interface DialogView {
  /** In our own words, at most 64 characters. */
  readonly title: string;
  /** Adaptive Card 1.5 as JSON, at most 25 KB. */
  readonly card: Readonly<Record<string, unknown>>;
  readonly size: 'small' | 'medium' | 'large';
  /** Shows what belongs to somebody else: no copy of it is kept for a repeated request, it is read again. */
  readonly unkept?: true;
}

/** What stands in the dialog from now on: a card, a sentence, or nothing any more (null: it closes). */
export type InvokeAnswer = { readonly dialog: DialogView } | { readonly message: string } | null;

/* ---------------------------------------------------------------- what is known */

export type Role = 'teacher' | 'coach';

/** One 1:1 chat of a person with the bot. */
export interface Conversation {
  readonly id: string;
  readonly role: Role;
  readonly schoolId: string;
  /** The person's own choice; null as long as none was made. */
  readonly language: string | null;
  /** Last locale Teams sent, e.g. `nl-NL`. */
  readonly locale: string | null;
  /** True once the bot has introduced itself. */
  readonly greeted: boolean;
  /** The interview that is under way or was the last one here. */
  readonly interviewId: string | null;
  /** Name the person goes by in Teams; null when unknown. Only ever shown to the coach with whom the person shares. */
  readonly name: string | null;
  /** Directory id of the person, for what an admin may do; never shown, never stored by dialogs/. */
  readonly directoryId?: string | null;
  /** What the dialog must remember between two messages; owned by dialogs/, opaque to bot/. No texts of people. */
  readonly memory: Readonly<Record<string, unknown>>;
}

export interface Interview {
  readonly id: string;
  readonly definition: Definition;
  /** Machine id, version, state value and context; null until the first turn. No texts. */
  readonly snapshot: unknown;
  readonly status: 'open' | 'shared' | 'kept' | 'stopped';
  /** Texts the questions repeat: the alias and the three words. A cache of the answers. */
  readonly names: { readonly alias: string | null; readonly words: readonly string[] };
  /** The teacher's decisions on single sentences, by quote id. */
  readonly marks: Readonly<Record<string, { readonly state: 'removed' | 'changed'; readonly text?: string }>>;
  /** The profile as it was shared, exactly; null before. */
  readonly shared: unknown;
  /** Epoch ms. */
  readonly startedAt: number;
  /** What safety cards have to remember; absent before the first. */
  readonly safety?: Safety;
  /** The version of the school's settings it began with; absent: from before there were versions. */
  readonly settings?: number;
  /** The six sentences as filled in at the start; a cache of the answer. Absent: not asked, or skipped. */
  readonly sliders?: SliderValues | null;
  /** Of a look back: the interview that it is about, and what was said there. */
  readonly first?: {
    readonly interviewId: string;
    readonly words: readonly string[];
    readonly sliders: SliderValues | null;
    /** Epoch ms. */
    readonly at: number;
  };
  /** An answer that waits for the teacher's word on what it may tell about somebody; not filed yet. */
  readonly held?: Held | null;
}

export interface Held extends AnswerKey {
  readonly text: string;
  readonly sources: readonly string[];
  readonly pieces?: readonly string[];
}

/** What was shared with a coach, and what came of it. */
export interface HandedOver {
  readonly handover: Handover;
  /** The profile exactly as it was shared. */
  readonly shared: () => unknown;
}

export type Filed = Pick<Answer, 'step' | 'probe' | 'seq'>;

/** All a turn may look at. */
export interface Scene {
  readonly conversation: Conversation;
  readonly interview: Interview | null;
  /** The answers of the interview by `seq`; read from the store only when asked for. */
  answers(): Promise<readonly Answer[]>;
  /** Which answers there are, without what they say: all that is needed to add one. */
  filed(): Promise<readonly Filed[]>;
  /** Counts of the school's interviews, without content; for an admin. */
  counts?(): Promise<Counts>;
  /**
   * In a coach's conversation what was shared with this coach and not taken back; in a teacher's what this teacher shared. By the
   * moment of sharing, and nobody else's until the end of the turn.
   */
  handovers?(): Promise<readonly HandedOver[]>;
  /** Earlier interviews of this conversation, oldest first. */
  others?(): Promise<readonly { readonly interview: Interview; readonly answers: readonly Answer[] }[]>;
}

/* ---------------------------------------------------------------- what goes out */

export interface Choice {
  readonly id: string;
  /** The word that can be typed instead of pressing the button. */
  readonly say: string;
}

/** What every outgoing activity carries in `channelData.klankbord`; a public contract (docs/contract.md). */
export interface Label {
  readonly step: StepId | 'coach';
  readonly kind: 'question' | 'probe' | 'notice' | 'review' | 'profile';
  readonly probe?: ProbeId;
  readonly holder?: Holder;
  readonly choices?: readonly Choice[];
}

export interface Outgoing {
  /** `here`: the conversation of this turn. Otherwise the coach with this directory id, in their own chat. */
  readonly to: 'here' | { readonly coach: string };
  readonly label: Label;
  readonly lang: string;
  /** Plain text, complete without the card: shown when there is no card, spoken by screen readers when there is one. */
  readonly text: string;
  /** Adaptive Card 1.5 as JSON. */
  readonly card?: Readonly<Record<string, unknown>>;
  /** Quick replies shown with a plain message; pressing one says its words. */
  readonly suggestions?: readonly { readonly title: string; readonly say: string }[];
  /** Not to be sent before this moment (epoch ms); at once when absent. */
  readonly notBefore?: number;
  /** A card of the channel's own: a file that is offered, for which the person has to agree, or one that has arrived. */
  readonly file?:
    | {
        readonly offer: {
          readonly token: string;
          readonly name: string;
          readonly description: string;
          readonly bytes: number;
        };
      }
    | { readonly shown: FileShown };
  /** Not a message: a document is to be made and put where the person agreed to have it. How it ended comes back as `uploaded`. */
  readonly upload?: {
    readonly subject: Subject;
    readonly message: string | null;
    readonly url: string;
    readonly file: FileShown;
  };
  /** For a profile: the interview it belongs to, so that news of its delivery finds the teacher. */
  readonly interviewId?: string;
  /** The handed-over interview whose contents it repeats: it is sealed with that, and goes when that goes. */
  readonly about?: string;
}

/* ---------------------------------------------------------------- what a turn changes */

export interface Outcome {
  /** Only the fields that change. */
  readonly conversation?: Partial<Omit<Conversation, 'id'>>;
  /** The interview as it is now, when it changed or began. */
  readonly interview?: Interview;
  /** Answers to write; an answer with the same key is replaced. */
  readonly put?: readonly Answer[];
  /** Answers to delete for good. */
  readonly drop?: readonly AnswerKey[];
  /** Delete everything of this interview (answers, profile, messages waiting, its key), or of this person. */
  readonly erase?: 'interview' | 'person';
  readonly outgoing: readonly Outgoing[];
  /** Messages of the bot, here, that have had their time: the channel's own ids. */
  readonly remove?: readonly string[];
  /** The answer to an invoke; kept with the messages, so that a repeated one gets it again. Absent: it closes what is open. */
  readonly answer?: InvokeAnswer;
  /** A new version of the school's settings. */
  readonly settings?: NewSettings;
  /** The profile of this interview is taken back from this coach: `instead` stands in its place, where the channel allows. */
  readonly withdraw?: {
    readonly coach: string;
    readonly instead: string;
    /** An earlier interview of this conversation; the one at hand when absent. */
    readonly interviewId?: string;
  };
  /** Records of what was handed over that changed, or began with this interview. */
  readonly handovers?: readonly Handover[];
  /** What has to stay on record, without content: the store adds the time. */
  readonly audit?: readonly Act[];
}

/** One line of the record of acts. A card is kept with its id and time only: not with whose chat it was. */
export type Act =
  | { readonly act: 'card_shown'; readonly detail: CardId | 'help' }
  | { readonly act: 'exported' | 'withdrawn' | 'erased' };

/** A version of the school's settings to be: the whole school file, who made it and what changed. */
export interface NewSettings {
  readonly source: 'file' | 'chat' | 'import' | 'undo';
  /** Name of the admin; null when it is not known or nobody did it in person. */
  readonly by: string | null;
  /** What changed, as a key of the texts with its values. */
  readonly what: { readonly key: string; readonly values?: Readonly<Record<string, string | number>> };
  readonly yaml: string;
}

export interface SettingsVersion extends NewSettings {
  readonly number: number;
  /** Epoch ms. */
  readonly at: number;
}

/** One mistake in settings: where, and the key of its remedy (admin.json, `mistakes`). */
export interface SettingsMistake {
  readonly line: number;
  readonly path: string;
  readonly code: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What an admin may see of the newest settings. */
export interface SettingsView {
  readonly schools: readonly {
    readonly id: string;
    readonly name: string;
    readonly coach: { readonly name: string; readonly aadObjectId: string };
    readonly substitute: string | null;
    readonly coachAway: boolean;
  }[];
  readonly languages: { readonly default: string | null; readonly offered: readonly string[] };
  readonly address: 'informal' | 'formal';
  readonly depth: 'short' | 'standard' | 'thorough';
  readonly optional: readonly string[];
  readonly country: string;
  readonly countries: readonly string[];
  readonly person: string | null;
  /** Own texts: language, then question, then number of the wording (from 1). */
  readonly prompts: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

/** A change: values by path (undefined takes the setting away), or a whole file. */
export type SettingsChange =
  | { readonly set: readonly { readonly path: readonly (string | number)[]; readonly value: unknown }[] }
  | { readonly yaml: string };

export interface Counts {
  /** Teachers that had an interview. */
  readonly teachers: number;
  readonly started: number;
  readonly finished: number;
  readonly medianMinutes: number | null;
  /** Follow-ups that asked for a feeling and were answered; how many of them brought one; how many were "said already". */
  readonly asked: number;
  readonly brought: number;
  readonly redundant: number;
  /** Skips by question. */
  readonly skips: Readonly<Record<string, number>>;
}

/** The settings as dialogs/ may ask about them; bot/ has them. */
export interface SettingsPort {
  isAdmin(directoryId: string | null): boolean;
  /** All versions, oldest first; the last one applies. */
  versions(): readonly SettingsVersion[];
  view(): SettingsView;
  /** The file as it would be, and what keeps it from being used. */
  propose(change: SettingsChange): { readonly yaml: string; readonly mistakes: readonly SettingsMistake[] };
  /** What is wrong with the school file on the disk; empty when it is in use. */
  trouble(): readonly SettingsMistake[];
}

/** What dialogs/ needs of the world. */
export interface World {
  /** Epoch ms. */
  now(): number;
  /** A fresh random id, unguessable, of letters and digits. */
  newId(): string;
}

/** What dialogs/ must know of a school; read from the school file by bot/. */
export interface SchoolView {
  readonly id: string;
  /** The coach of this school: shown name and directory id. */
  readonly coach: { readonly name: string; readonly aadObjectId: string };
  readonly languages: { readonly default: string | null; readonly offered: readonly string[] };
  readonly depth: 'short' | 'standard' | 'thorough';
  /** Optional questions that are switched on. */
  readonly optional: readonly string[];
  /** Whether the six sentences from 0 to 10 are asked; absent: no. */
  readonly sliders?: boolean;
  /** Somebody a teacher can turn to in person, besides the coach; null when the school names none. */
  readonly contact: string | null;
  /** Whom the safety cards name, and whether the coach learns that one was shown. Absent: the Dutch preset, and yes. */
  readonly safety?: { readonly contacts: SchoolContacts; readonly marker: boolean };
  /** How the school wants to be spoken for, by language; the plain texts where absent. */
  readonly voices?: Readonly<Record<string, Voice>>;
  /** The version of the settings that this is; an interview keeps the texts of the version it began with. */
  readonly version?: number;
  /** Whether the client shows dialogs; without them everything is in the chat. */
  readonly dialogs?: boolean;
  /**
   * Documents: `consent`, the person agrees and gets a file in OneDrive; `link`, the address under which this machine gives them.
   * Absent: the school wants none.
   */
  readonly documents?: 'consent' | { readonly link: string };
  /** When the bot sends nothing to a coach of its own accord. */
  readonly quietHours?: QuietHours;
}

export interface QuietHours {
  /** `17:30`, in the time of Amsterdam and Brussels; `to` may be on the next day. */
  readonly from: string;
  readonly to: string;
  /** Days that are quiet from morning to night. */
  readonly days?: readonly string[] | undefined;
}
