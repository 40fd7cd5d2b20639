/** What the data of a language pack must look like. */
import { z } from 'zod';
import { EMOTIONS } from './types.ts';

/** Words separated by spaces, or a list of such strings. */
const forms = z.union([z.string(), z.array(z.string())]);
/** Each entry one pattern. */
const phrases = z.array(z.string());
const feelingKey = z
  .string()
  .refine(
    (key) => key.split('+').every((e) => (EMOTIONS as readonly string[]).includes(e)),
    'is no emotion (join two with +)',
  );
const felt = <T extends z.ZodType>(what: T) => z.record(feelingKey, what).default({});
const emotion = z.enum(EMOTIONS);

export const ROLES = {
  subject: 'subject',
  object: 'object',
  dative: 'dative',
  possessive: 'possessive',
  reflexive: 'reflexive',
} as const;

export const packSchema = z.strictObject({
  language: z.string(),
  letters: z
    .strictObject({
      fold: z.boolean().default(true),
      replace: z.array(z.tuple([z.string(), z.string()])).default([]),
    })
    .default({ fold: true, replace: [] }),
  spelling: z.record(z.string(), z.string()).default({}),
  endings: forms.default([]),
  boosters: forms.default([]),
  /** From how many letters on a feeling word may be heard through one slip, and through two. */
  mistyped: z.strictObject({ once: z.number(), twice: z.number() }).default({ once: 7, twice: 12 }),
  realWords: forms.default([]),
  classes: z.record(z.string(), forms),
  people: z.strictObject({
    pronouns: z.array(
      z.strictObject({
        forms,
        who: z.enum(['teacher', 'child', 'we', 'both', 'other', 'it', 'self']),
        as: forms,
        gender: z.enum(['m', 'f']).optional(),
        /** Only with (true) or only without (false) a capital inside a sentence. */
        capital: z.boolean().optional(),
      }),
    ),
    child: phrases.default([]),
    teacher: phrases.default([]),
    /** Phrases with a pronoun that name nobody ("volgens mij"). */
    nobody: phrases.default([]),
    /** Relative and pointing pronouns: whoever was named just before. */
    relatives: forms.default([]),
    both: phrases.default([]),
    others: phrases.default([]),
    othersMale: phrases.default([]),
    othersFemale: phrases.default([]),
    names: forms.default([]),
    /** Does a capital inside a sentence make a name? */
    capitalsAreNames: z.boolean(),
    noNames: forms.default([]),
    /** Pronouns that are also plural, and the verb forms that tell. */
    plural: z.strictObject({ pronouns: forms, verbs: forms }).optional(),
    /** Determiners that never stand with a subject (den, dem): whoever follows one is object or dative. */
    oblique: forms.default([]),
    /** Somebody behind a preposition fills no place in a pattern that does not name the preposition (mich über ihn geärgert). */
    asides: z.boolean().default(false),
  }),
  clauses: z.strictObject({
    joiners: forms,
    openers: forms,
    /** Open a clause only when somebody or a determiner follows (that, dat). */
    openersBeforeSubject: forms.default([]),
    /** A new subject pronoun opens a clause without any conjunction (I think he …). */
    subjectOpens: z.boolean().default(false),
    /** In a dependent clause a verb with its subject behind it begins the main clause (als hij valt lacht hij). */
    inversionOpens: z.boolean().default(false),
  }),
  grammar: z.strictObject({
    negators: forms,
    notNegating: phrases.default([]),
    /** How far a denial reaches, in words: before the feeling, and after it. */
    reach: z.strictObject({ before: z.number(), after: z.number() }).default({ before: 5, after: 2 }),
    denials: phrases.default([]),
    unreal: z.strictObject({ clause: phrases.default([]), after: phrases.default([]) }),
    real: phrases.default([]),
    asks: phrases.default([]),
    reports: phrases.default([]),
    insults: phrases.default([]),
    echoes: phrases.default([]),
    /** Who does feel what was denied of somebody else ("not me, but she was"). */
    contrasts: phrases.default([]),
  }),
  feelings: z.strictObject({
    states: felt(forms),
    statePhrases: felt(phrases),
    verbs: felt(forms),
    moves: felt(forms),
    nouns: felt(forms),
    strong: felt(forms),
    weak: felt(forms),
    idioms: felt(phrases),
    own: felt(phrases),
    /** Cries of the writer: always the teacher's. */
    exclamations: felt(phrases),
    /** A comparison that answers "what did you feel?" (alsof …, like a …). */
    metaphors: felt(phrases),
    tone: felt(forms),
    litotesWords: felt(forms),
    emoji: felt(forms),
    frames: z
      .array(
        z.strictObject({
          say: z.string(),
          /** The feeling of an open word that is in no list. Without it, open words that are in no list are only possible. */
          emotion: emotion.optional(),
          presence: z.enum(['expressed', 'possible']).default('expressed'),
        }),
      )
      .default([]),
    blocks: phrases.default([]),
    standing: forms.default([]),
    /** States that in a child are of the body only (tired, ill). */
    bodily: forms.default([]),
    /** Endings that a feeling word only has before a noun (ein wütender Blick); without any, its place decides. */
    attributive: forms.default([]),
    litotes: z.partialRecord(emotion, emotion).default({}),
  }),
  signals: z.strictObject({
    actsNow: forms.default([]),
    actsPast: forms.default([]),
    acts: phrases.default([]),
    actsPastPhrases: phrases.default([]),
    /** What a word that tells of something done may look like: ge*d, *ed. Only for words in no list, of at least six letters. */
    pastShapes: forms.default([]),
    conduct: forms.default([]),
    traits: forms.default([]),
    traitNouns: phrases.default([]),
    events: phrases.default([]),
    notEvents: phrases.default([]),
    generalising: phrases.default([]),
    dontKnow: phrases.default([]),
    notDontKnow: phrases.default([]),
    perspective: phrases.default([]),
    notPerspective: phrases.default([]),
    ownInfluence: phrases.default([]),
    talkingAway: phrases.default([]),
    safety: z.partialRecord(z.enum(['S1', 'S2', 'S3', 'S4', 'S5']), phrases).default({}),
    notSafety: phrases.default([]),
  }),
});

/** Classes of words the engine itself asks for; a pack must have them. */
export const NEEDED = [
  'be',
  'have',
  'say',
  'think',
  'determiner',
  'degree',
  'preposition',
  'little',
  'lift',
  'faces',
  'kids',
] as const;
export const NEEDED_MORE = [
  'together',
  'licence',
  'finite',
  'copula',
  'intention',
  'because',
  'judge',
  'carry',
  'postposed',
  'at',
] as const;
/**
 * Classes a pack may have. `body`: parts of the body that feel. `participle`: words for a feeling that with a `perfect` verb
 * say what somebody did to somebody (hij heeft mij gekwetst). `compared`: words behind an opener that may begin a comparison.
 * `witness`: to see; whose feeling is seen is not one's own. `moment`: what ties a clause to one moment, so that
 * a word for character says how somebody was just then. `thatReason`: "that", where it gives the reason of a feeling.
 */
type Optional = 'body' | 'participle' | 'perfect' | 'compared' | 'thatReason' | 'moment' | 'witness';
export type Needed = (typeof NEEDED)[number] | (typeof NEEDED_MORE)[number] | Optional;
