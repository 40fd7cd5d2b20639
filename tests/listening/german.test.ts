/** German answers: the short ones every language has, and what is particular to German. */
import { describe, expect, it } from '@jest/globals';
import { loadPack } from '../../locales/listening.ts';
import { hears, listen } from '../../machines/listening/listen.ts';
import type { Heard, QuestionKind } from '../../machines/listening/types.ts';
import type { Fixture } from './fixtures.ts';

const de = loadPack('de');
const hear = (text: string, question: QuestionKind = 'event', pupil?: string): Heard =>
  listen(text, de, pupil === undefined ? { question } : { question, pupil });

const GERMAN: readonly Fixture[] = [
  {
    text: 'Gestern in Mathe hat er sein Heft auf den Boden geworfen, und dann habe ich ihn vor die Tür gestellt.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  { text: 'Er ist einfach sehr laut und frech.', event: false, teacher: false, child: false, trait: true },
  {
    text: 'Er hört nie zu und ist immer an den anderen dran.',
    event: false,
    teacher: false,
    child: false,
    general: true,
  },
  {
    text: 'Am Montag lief er aus dem Kreis weg. Ich fühlte mich machtlos.',
    event: true,
    teacher: true,
    child: false,
  },
  {
    text: 'Heute Morgen hat sie nach ihrer Mama geweint, sie war richtig traurig, ich habe sie kurz beiseitegenommen.',
    event: true,
    teacher: false,
    child: true,
  },
  {
    text: 'Als er nach der Pause reinkam, war er völlig aufgelöst, ich glaube, weil er sich ausgeschlossen fühlte. Er tat mir leid.',
    event: true,
    teacher: true,
    child: true,
  },
  { text: 'Weiß ich nicht.', event: false, teacher: false, child: false, dontKnow: true },
  { text: 'Streit.', teacher: false, child: false },
  {
    text: 'Ich habe das Gefühl, dass er absichtlich nicht zuhört.',
    event: false,
    teacher: false,
    child: false,
  },
  {
    text: 'Da wird man so mutlos, wenn er am Freitag zum dritten Mal seine Arbeit zerreißt.',
    teacher: true,
    child: false,
  },
  { text: 'Ich finde ihn schwierig.', event: false, teacher: false, child: false },
  {
    text: 'Am Dienstag hat sie einem anderen Kind beim Einmaleins geholfen, und dann mussten wir zusammen lachen. Das hat mich gefreut.',
    event: true,
    teacher: true,
  },
  {
    text: 'Ich hatte die Nase voll, Freitagnachmittag, als er wieder mit dem Stift klopfte.',
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'Seine Mutter war wütend und die Klasse wurde unruhig.', teacher: false, child: false },
  {
    text: 'Ich war nicht wütend, eher erleichtert, als er an dem Tag krank war.',
    teacher: true,
    child: false,
  },
  { text: 'Das ist sein ADHS.', event: false, teacher: false, child: false, trait: true },
  {
    text: 'Letzte Woche sagte er: „Sie sind doof“, und lief in den Flur. Ich habe ihn kurz gelassen und mich später zu ihm gesetzt.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  {
    text: 'Ich weiß nicht, was er gefühlt hat, vielleicht hat er sich geschämt.',
    question: 'event_followup_child',
    teacher: false,
    child: true,
  },
  {
    text: 'Sie schaute auf den Boden und sagte nichts.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  {
    text: 'Er wollte es so gern gut machen, und dann hat es nicht geklappt, ich hatte einen Kloß im Hals.',
    teacher: true,
    child: false,
  },
  { text: 'Er macht das, um mich zu ärgern.', event: false, teacher: false, child: false },
  { text: 'Es frustriert mich, dass nichts hilft.', event: false, teacher: true, child: false },
  { text: 'laut, frech, lieb', question: 'three_word', teacher: false, child: false, trait: true },
  { text: 'zäh, distanziert, manchmal warm', question: 'three_word', teacher: true, child: false },
  {
    text: 'Eigentlich weiß ich das gar nicht so genau.',
    question: 'closing',
    teacher: false,
    dontKnow: true,
  },
  {
    text: 'Dass er den Jüngeren so viel hilft, daran hatte ich noch nie gedacht.',
    question: 'closing',
    teacher: false,
    child: false,
  },
  { text: 'Ich wurde wütend, aber na ja, das gehört dazu.', event: false, teacher: true, child: false },
  { text: 'nächste Frage', teacher: false, child: false },
];

function heard(fixture: Fixture): Record<string, unknown> {
  const h = hear(fixture.text, fixture.question);
  const all: Record<string, boolean> = {
    event: hears(h, 'event'),
    teacher: h.teacher === 'expressed',
    child: h.child === 'expressed',
    trait: hears(h, 'trait'),
    general: hears(h, 'generalising'),
    dontKnow: hears(h, 'dontKnow'),
    behaviour: hears(h, 'behaviour'),
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => key in fixture));
}

const expected = (fixture: Fixture): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fixture).filter(([key]) => key !== 'text' && key !== 'question'));

describe('short answers in de', () => {
  it.each(GERMAN.map((f, i) => [i + 1, f.text, f] as const))('%d. %s', (_number, _text, fixture) => {
    expect(heard(fixture)).toEqual(expected(fixture));
  });
});

/** T: the teacher's feeling is said, C: the child's, TC: both, –: none. */
const said = (text: string, question?: QuestionKind, pupil?: string): string => {
  const h = hear(text, question, pupil);
  return `${h.teacher === 'expressed' ? 'T' : ''}${h.child === 'expressed' ? 'C' : ''}` || '–';
};

describe('German grammar', () => {
  it.each([
    // The one who feels is a dative.
    ['Mir war ganz mulmig.', 'T'],
    ['Ihm war das furchtbar peinlich.', 'C'],
    ['Der Junge tat mir leid.', 'T'],
    ['Mir ist der Kragen geplatzt.', 'T'],
    ['Da fiel ihm ein Stein vom Herzen.', 'C'],
    // Whom the verb moves.
    ['Das hat mich tief getroffen.', 'T'],
    ['Das hat ihn sehr geärgert.', 'C'],
    ['Er ärgert ständig die anderen Kinder.', '–'],
    // The verb stands at the end, or in two pieces.
    ['Ich habe gemerkt, dass er Angst hatte.', 'C'],
    ['Ich reg mich jedes Mal so darüber auf.', 'T'],
    // An ending only before a noun.
    ['Ich habe hier lauter fröhliche Kinder sitzen.', '–'],
    ['Er sah mich mit einem wütenden Blick an.', 'C'],
    // man and du are the teacher.
    ['Da wird man ganz mutlos.', 'T'],
    ['Das macht einen fertig.', 'T'],
    // den and dem make no subject.
    ['Den Paul hat er geschubst und war dabei auch noch stolz.', 'C'],
    ['Paul war traurig, weil er ihm das Auto weggenommen hat.', '–'],
  ])('%s → %s', (text, who) => {
    expect(said(text)).toBe(who);
  });

  it('knows its denials', () => {
    expect(said('Wütend war er nicht.')).toBe('–');
    expect(said('Er hatte keine Angst.')).toBe('–');
    expect(said('Froh bin ich darüber nicht.')).toBe('T');
    expect(said('Nicht wütend war ich, sondern enttäuscht.')).toBe('T');
  });

  it('hears no feeling in what is only imagined', () => {
    expect(said('Wenn er das schafft, wäre ich stolz.')).toBe('–');
    expect(said('Ich würde mich freuen, wenn er mal grüßt.')).toBe('–');
    expect(said('Er sollte sich schämen.')).toBe('–');
    expect(said('Ich hätte heulen können.')).toBe('T');
  });

  it('reads capitals, small letters, and ae oe ue alike', () => {
    expect(said('ICH WAR SO WÜTEND')).toBe('T');
    expect(said('ich war so wuetend')).toBe('T');
    expect(said('er war enttaeuscht und hat sich geaergert')).toBe('C');
    expect(said('ich war so wu\u0308tend')).toBe('T');
  });

  it('tells the reader from the girl', () => {
    expect(said('Wissen Sie, sie war einfach traurig.')).toBe('C');
    expect(said('Freut mich, dass Sie fragen.')).toBe('–');
  });

  it('leaves out polite and idle words', () => {
    for (const text of [
      'Zum Glück war er pünktlich.',
      'Leider hat er es vergessen.',
      'Ehrlich gesagt sagt er nichts.',
      'Keine Angst, ich habe nur die Tür zugemacht.',
    ])
      expect(said(text)).toBe('–');
  });
});

describe('whose feeling it is, where a language has cases and puts its verb last', () => {
  const holders = (text: string): string => {
    const heard = hear(text);
    return `${heard.teacher === 'expressed' ? 'T' : ''}${heard.child === 'expressed' ? 'C' : ''}`;
  };

  it.each([
    ['Ich habe mich über ihn geärgert.', 'T'],
    ['Er hat sich über mich geärgert.', 'C'],
    ['Ich habe mich mit ihm gefreut.', 'T'],
    ['Von ihm bin ich enttäuscht.', 'T'],
    ['Auf mich hat er sehr bedrückt gewirkt.', 'C'],
    ['Für mich war das schlimm.', 'T'],
    ['Er hat mir Angst gemacht.', 'T'],
    ['Man hat ihm die Angst richtig angesehen.', 'C'],
    ['Er kam mir traurig vor.', 'C'],
  ])('somebody behind a preposition only comes by: %s', (text, whose) => {
    expect(holders(text)).toBe(whose);
  });

  it.each([
    ['Er hat erzählt, dass der Papa auszieht, und war so niedergeschlagen.', 'C'],
    ['Ich habe geschrien, weil er gebissen hat, und war fix und fertig.', 'T'],
    ['Er hat gesagt, dass die Mama weint und traurig ist.', ''],
  ])('behind a dependent clause the main one goes on: %s', (text, whose) => {
    expect(holders(text)).toBe(whose);
  });

  it.each([
    ['Wütend schrie er mich an.', 'C'],
    ['Traurig kam er rein.', 'C'],
    ['Verzweifelt fragte sie mich.', 'C'],
    ["Mir hat's gereicht.", 'T'],
    ['die war so sauer ey', 'C'],
    ['Der Kleinen war das peinlich.', 'C'],
    ['Ich hab ihn mit meiner Art verunsichert.', 'C'],
    ['Ich war weder wütend noch traurig.', ''],
    ['Aus Angst hat sie nichts gesagt.', 'C'],
    ['Er saß da, hatte Angst und musste schlucken.', 'C'],
    ['Hatte Angst um ihn.', 'T'],
    ['Geärgert hat mich das nicht.', ''],
    ['Früher hätte ich mich geärgert.', ''],
    ['Ich glaube nicht, dass er traurig war.', ''],
  ])('the verb stands before its subject, or far behind: %s', (text, whose) => {
    expect(holders(text)).toBe(whose);
  });

  it('hears "da" as a reason only where it opens its clause', () => {
    const looks = (text: string): boolean => hear(text).signals.some((s) => s.kind === 'perspective');
    expect(looks('Er war traurig, da sein bester Freund weggezogen ist.')).toBe(true);
    expect(looks('Ganz ängstlich war sie da.')).toBe(false);
  });

  it.each(['Ich habe ihn beruhigt.', 'Er hat sich wieder beruhigt.', 'Sie hat sich den Kopf gestoßen.'])(
    'no feeling: %s',
    (text) => {
      expect(holders(text)).toBe('');
    },
  );
});

describe('German signs of safety', () => {
  const cards = (text: string): string[] =>
    hear(text)
      .signals.filter((s) => s.kind === 'safety')
      .map((s) => s.detail ?? '');

  it.each([
    ['Sie hatte schon wieder blaue Flecken am Arm.', 'S1'],
    ['Er hat erzählt, dass sein Vater ihn schlägt.', 'S1'],
    ['Ein Kollege hat eine Schülerin sexuell belästigt.', 'S2'],
    ['Ich habe ihn so fest gepackt und geschüttelt.', 'S3'],
    ['Ich kann nicht mehr, ich bin ausgebrannt.', 'S4'],
    ['Sie sagt, sie will nicht mehr leben.', 'S5'],
  ])('%s → %s', (text, card) => {
    expect(cards(text)).toContain(card);
  });

  it.each([
    'Er schlägt das Heft auf.',
    'Ich bin todmüde.',
    'Wir haben uns totgelacht.',
    'Er spielt Polizei und schießt.',
    'Ich könnte ihn auf den Mond schießen.',
    'Er schlug ein Rad auf dem Hof.',
    'Wir haben uns zu Tode gelangweilt.',
    'Das schlägt sich in den Noten nieder.',
    'Sein Hamster ist gestorben.',
    'Ich ging eine geschlagene Stunde mit ihm um den Block.',
  ])('nothing in: %s', (text) => {
    expect(cards(text)).toEqual([]);
  });
});
