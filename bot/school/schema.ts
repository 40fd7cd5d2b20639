/**
 * The shape of the school file. The message of every issue is the key of its remedy (locales/<lang>/admin.json, `mistakes`);
 * what each setting is for stands there too, and travels with the JSON Schema to the school's editor.
 */
import { z } from 'zod';
import { schoolContactsSchema } from '../../locales/contacts.ts';
import { QUESTION_IDS, questionRule } from '../../machines/definition.ts';
import { PROMPT_IDS } from '../../machines/prompt-linter.ts';

const directoryId = z.guid('directoryId').transform((id) => id.toLowerCase());
const language = z.string('text').regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'language');
const text = z.string('text').trim().min(1, 'text').max(200, 'textLong');
const time = z.string('time').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'time');
const days = (most: number) => z.int('days').min(1, 'days').max(most, 'daysMost');
const someone = z.strictObject({ name: text, aadObjectId: directoryId }, 'section');

/** Longer than any prompt may be, so that the linter says how long it is. */
const wording = z.string('text').max(2000, 'textLong');
/** One text replaces the first wording; a block replaces wordings by number. */
const prompt = z.union([wording, z.record(z.string().regex(/^[1-9]\d?$/, 'wordingNumber'), wording)], {
  error: 'wording',
});
const prompts = z.strictObject(
  Object.fromEntries(PROMPT_IDS.map((id) => [id, prompt.optional()])),
  'section',
);

export const OPTIONAL_QUESTIONS = QUESTION_IDS.filter((id) => questionRule(id).optional);
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const LONGEST_RETENTION = { drafts: 180, profiles: 366 } as const;

export const schoolSchema = z.strictObject(
  {
    board: z.strictObject({ name: text }, 'section'),
    schools: z
      .array(
        z.strictObject(
          {
            id: z.string('text').regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'schoolId'),
            name: text,
            coach: someone,
            /** Takes over while the coach is away. */
            substitute: someone.optional(),
            coachAway: z.boolean('boolean').optional(),
            /** Absent: everybody who is in no other list. */
            teachers: z.array(directoryId, 'list').optional(),
          },
          'section',
        ),
        'list',
      )
      .min(1, 'noSchool'),
    admins: z.array(directoryId, 'list').default([]),
    languages: z
      .strictObject(
        { default: language.optional(), offered: z.array(language, 'list').min(1, 'list') },
        'section',
      )
      .default({ offered: ['nl', 'en', 'de'] }),
    /** je or u, du or Sie. */
    address: z.enum(['informal', 'formal'], { error: 'address' }).default('informal'),
    /** The school's words, by language. */
    terms: z
      .record(
        language,
        z.strictObject(
          { teacher: text.optional(), pupil: text.optional(), coach: text.optional() },
          'section',
        ),
        'section',
      )
      .default({}),
    /** Own texts, by language and question. */
    prompts: z.record(language, prompts, 'section').default({}),
    /** Optional questions that are switched on. */
    optional: z.array(z.string('text'), 'list').default([]),
    /** Whether the six sentences from 0 to 10 are asked, at the start and when looking back. */
    sliders: z.boolean('boolean').default(false),
    /** How far the follow-up questions go. */
    depth: z.enum(['short', 'standard', 'thorough'], { error: 'depth' }).default('standard'),
    quietSeconds: z.number('number').min(0, 'quietSeconds').max(60, 'quietSeconds').default(4),
    /** When nothing is sent to a coach of the bot's own accord. */
    quietHours: z
      .strictObject(
        { from: time, to: time, days: z.array(z.enum(DAYS, { error: 'day' }), 'list').optional() },
        'section',
      )
      .optional(),
    /** Tenants whose people may talk to the bot; the bot's own tenant when absent. */
    tenants: z.array(directoryId, 'list').optional(),
    retention: z
      .strictObject(
        {
          drafts: days(LONGEST_RETENTION.drafts).default(30),
          profiles: days(LONGEST_RETENTION.profiles).default(365),
        },
        'section',
      )
      .default({ drafts: 30, profiles: 365 }),
    /** Whom a teacher can turn to; the numbers of a country come with its preset. */
    contacts: schoolContactsSchema.prefault({}),
    /** Whether the coach learns that a safety card was shown; never what it was about. */
    cardMarker: z.boolean('boolean').default(true),
    /** How a coach gets a profile: as a card in the chat, and as a document when wished. */
    documents: z
      .strictObject({ delivery: z.enum(['card', 'cardAndFile'], { error: 'delivery' }) }, 'section')
      .optional(),
  },
  'section',
);

export type SchoolFile = z.infer<typeof schoolSchema>;
export type School = SchoolFile['schools'][number];
