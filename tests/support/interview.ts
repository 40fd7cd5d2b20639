/** Somebody who has a whole interview over HTTP, up to the review, as a client that knows only the public contract. */
import type { WireActivity } from './fake-teams.ts';

/** Whoever can be talked to: a person over HTTP, a stage. */
interface Talker {
  ask(text: string): Promise<WireActivity[]>;
}

/** What the teacher says to each question. */
export const SAYS: Readonly<Record<string, string>> = {
  c4_alias: 'Vos',
  q1_words: 'wisselend, stekelig, hartelijk',
  q2_word1:
    'Maandag liep hij de klas uit toen ik hem aansprak. Ik voelde me machteloos. Hij was boos, denk ik.',
  q2_word2: 'Bij rekenen duwde hij zijn schrift van tafel. Ik was boos. Hij was vast moe en verdrietig.',
  q3_click: 'Hij hielp een kleuter met de veters. Ik was trots op hem. Hij was blij met zichzelf.',
  q4_off: 'Ik wilde stilte en hij bleef tikken met zijn pen. Ik werd ongeduldig. Hij was zenuwachtig.',
  q5_hard: 'Hij schreeuwde door de gang. Ik schrok ervan en was bang. Hij was woedend.',
  q6_upset:
    'Na het voetballen zat hij te huilen. Ik had met hem te doen en was verdrietig. Hij was verdrietig.',
  q7_view: 'Dat ik streng ben maar wel eerlijk ook.',
  q8_best:
    'Dat hij zaterdag zwaaide op de markt. Ik was blij met die zwaai. Daar was ik de hele zondag trots op.',
};
const FEELINGS: Readonly<Record<string, string>> = {
  teacher: 'Ik voelde me er onzeker bij.',
  child: 'Hij was bang, denk ik.',
};

const labelOf = (activity: WireActivity | undefined) => activity?.channelData?.klankbord;

/** Talks until the interview waits at `until`; gives the messages of the last turn. */
export async function talkUntil(teacher: Talker, until: string, begin = 'hoi'): Promise<WireActivity[]> {
  let replies = await teacher.ask(begin);
  for (let turns = 0; turns < 40; turns += 1) {
    const asked = replies.findLast((reply) => labelOf(reply)?.kind !== 'notice');
    const label = labelOf(asked);
    if (label === undefined || label.step === until) return replies;
    const say =
      label.step === 'c3_consent'
        ? (label.choices?.[0]?.say ?? '')
        : label.kind === 'probe'
          ? (FEELINGS[label.holder ?? ''] ?? 'Dat was op dinsdag in de gang.')
          : (SAYS[label.step] ?? label.choices?.[0]?.say ?? '');
    replies = await teacher.ask(say);
  }
  throw new Error(`the interview did not come to ${until}`);
}
