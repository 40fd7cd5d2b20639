/** Whose feeling: pairs of sentences that differ in one thing only. */
import { describe, expect, it } from '@jest/globals';
import type { QuestionKind } from '../../machines/listening/types.ts';
import { hearing, words } from './hear.ts';

type Case = readonly [
  text: string,
  expected: 'T' | 'C' | 'TC' | '-',
  question?: QuestionKind,
  pupil?: string,
];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  nl: [
    ['Ik was boos.', 'T'],
    ['Hij was boos.', 'C'],
    ['Zijn moeder was boos.', '-'],
    ['Zijn moeder kwam binnen. Ze was boos.', '-'],
    ['De andere kinderen waren boos.', '-'],
    ['Vos was boos.', 'C', 'event', 'Vos'],
    ['Femke was boos.', '-', 'event', 'Vos'],
    ['Dat kind was boos.', 'C'],
    ['We waren blij.', 'T'],
    ['We waren allebei blij.', 'TC'],
    ['Daar word je moe van.', 'T'],
    ['Het raakte me.', 'T'],
    ['Het raakte hem.', 'C'],
    ['Ik zag hem schrikken.', 'C'],
    ['Hij maakte me boos.', 'T'],
    ['Boos.', 'T', 'event_followup_teacher'],
    ['Boos.', 'C', 'event_followup_child'],
    ['Boos dat hij was!', 'C'],
    ['Hij was boos en ik ook.', 'TC'],
    ['Ik was niet boos.', '-'],
    ['Bang was hij niet.', '-'],
    ['Ik was er niet blij mee.', 'T'],
    ['Hij was niet boos maar verdrietig.', 'C'],
    ['Ik denk niet dat hij bang was.', '-'],
    ['Als hij boos is gooit hij met zijn stoel.', 'C'],
    ['Als hij boos zou worden ga ik weg.', '-'],
    ['Ik hoop dat hij blij is.', '-'],
    ['Was hij boos?', '-'],
    ['Hij deed alsof hij boos was.', '-'],
    ['Hij zei: "Ik ben bang."', 'C'],
    ['Zijn moeder zei: "Ik ben bang."', '-'],
    ['Hij riep: "Ik haat jou!"', '-'],
    ['Ik zei: "Wat leuk!"', '-'],
    ['Het is een vrolijk kind.', '-'],
    ['Gelukkig stond de juf ernaast.', '-'],
    ['Hij huilde.', '-'],
    ['Hij huilde van verdriet.', 'C'],
    ['Ik heb gehuild.', 'T'],
    ['Ik vind hem lastig.', '-'],
    ['Ik heb het gevoel dat hij niet luistert.', '-'],
    ['Ik was gefrusteerd.', 'T'],
    ['Heerlijk hoor, weer een uur verpest.', 'T'],
  ],
  en: [
    ['My colleague lost her temper with him.', '-'],
    ['His mum broke his heart.', 'C'],
    ['Angry, he threw the book.', 'C'],
    ['Delighted for him.', 'T', 'event_followup_teacher'],
    ["Annoyed that he'd done it.", 'T', 'event_followup_teacher'],
    ["Scared he'd hurt somebody.", 'T', 'event_followup_teacher'],
    ['Fuming he was.', 'C'],
    ['He upset Chloe.', '-'],
    ['He upset me.', 'T'],
    ['The student was visibly upset.', 'C'],
    ['The student teacher was upset.', '-'],
    ['He left me feeling hopeless.', 'T'],
    ['We were learning words for feelings: happy, sad and angry. He drew on the sheet.', '-'],
    ['We did the feelings cards, he was so happy when he got to deal.', 'C'],
    ['He read his poem. Did not stumble once. Came back beaming.', 'C', 'pleasant'],
    ['His mum read the poem. Did not stumble once. Came back beaming.', '-', 'pleasant'],
    ['I told him I was disappointed and he went on colouring.', '-'],
    ['I was disappointed and he went on colouring.', 'T'],
    ['He blew up a balloon.', '-'],
    ['He blew up at me.', 'C'],
    ['She does my head in.', 'T'],
    ['My head came in, furious.', '-'],
    ['His little face fell.', 'C'],
    ['I was angry.', 'T'],
    ['He was angry.', 'C'],
    ['His mother was angry.', '-'],
    ['His mother came in. She was angry.', '-'],
    ['The other children were angry.', '-'],
    ['Fox was angry.', 'C', 'event', 'Fox'],
    ['Ellie was angry.', '-', 'event', 'Fox'],
    ['We were happy.', 'T'],
    ['We were both happy.', 'TC'],
    ['It makes you tired.', 'T'],
    ['It upset me.', 'T'],
    ['It upset him.', 'C'],
    ['I saw him panic.', 'C'],
    ['He made me angry.', 'T'],
    ['I think he was angry.', 'C'],
    ['Cross.', 'T', 'event_followup_teacher'],
    ['Cross.', 'C', 'event_followup_child'],
    ['Petrified, she was.', 'C'],
    ['He was thrilled and so was I.', 'TC'],
    ["I wasn't angry.", '-'],
    ["I wasn't happy about it.", 'T'],
    ['He was not angry but sad.', 'C'],
    ["I don't think he was scared.", '-'],
    ['When he is angry he throws his chair.', 'C'],
    ['I hope he is happy.', '-'],
    ['Was he angry?', '-'],
    ['He pretended to be angry.', '-'],
    ['He said: "I am scared."', 'C'],
    ['His mother said: "I am scared."', '-'],
    ['He shouted: "I hate you!"', '-'],
    ['I said: "How lovely!"', '-'],
    ['He is a happy child.', '-'],
    ['Thankfully the teacher stood next to him.', '-'],
    ['He cried.', '-'],
    ['I cried.', 'T'],
    ['I find him difficult.', '-'],
    ["I feel that he doesn't listen.", '-'],
    ['I was frustated.', 'T'],
  ],
};

describe.each(Object.entries(CASES))('holders in %s', (lang, cases) => {
  it.each(cases.map((c) => [c[0], c] as const))('%s', (_text, [text, expected, question, pupil]) => {
    const heard = hearing(lang, text, question, pupil);
    const got = (heard.teacher === 'expressed' ? 'T' : '') + (heard.child === 'expressed' ? 'C' : '') || '-';
    expect(got).toBe(expected);
  });
});

describe('what is doubtful', () => {
  it('is called possible, never expressed', () => {
    const heard = hearing('nl', 'Zo boos.', 'event');
    expect([heard.teacher, heard.child]).toEqual(['possible', 'possible']);
    expect(heard.evidence.map((e) => [e.holder, e.presence])).toEqual([['unknown', 'possible']]);
  });
});

describe('evidence', () => {
  it('is the words as typed', () => {
    const text = 'Pff… 😤 ik werd zó bóós, écht. En hij?? Hij was geïrriteerd!';
    const heard = hearing('nl', text);
    expect(words(heard, text, 'teacher')).toEqual(['😤', 'bóós']);
    expect(words(heard, text, 'child')).toEqual(['geïrriteerd']);
  });

  it('stays inside the text and inside a sentence', () => {
    const text = 'Hij was 👩🏽‍🏫 boos. “Ik ben bang”, zei hij.\r\nMaar   ik was\tblij :)';
    const heard = hearing('nl', text);
    expect(heard.sentences.map((s) => text.slice(s.start, s.end))).toEqual([
      'Hij was 👩🏽‍🏫 boos.',
      '“Ik ben bang”, zei hij.',
      'Maar   ik was\tblij :)',
    ]);
    for (const e of [...heard.evidence, ...heard.signals]) {
      expect(text.slice(e.start, e.end)).not.toBe('');
      expect(heard.sentences.some((s) => s.start <= e.start && e.end <= s.end)).toBe(true);
    }
  });

  it('is heard the same each time', () => {
    const text = 'Hij was boos en ik had het helemaal gehad.';
    expect(hearing('nl', text)).toEqual(hearing('nl', text));
  });
});
