/** Dutch answers written for what the language does: idioms in any order, Flemish, dictation, literal uses, deeds done to somebody. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import type { QuestionKind } from '../../machines/listening/types.ts';

/** Some of the sentences are heard wrong as yet; so many must be heard right. */
const RIGHT = 0.94;

describe('whose feeling a Dutch answer expresses', () => {
  const pack = loadPack('nl');
  const linesOf = (file: string): RegExpExecArray[] =>
    readFileSync(new URL(file, import.meta.url), 'utf8')
      .split('\n')
      .map((line) => /^(TC|T|C|-) \[(\w+)\] (.+)$/.exec(line))
      .filter((found) => found !== null);
  const lines = linesOf('./dutch.txt');

  const saysOf = (text: string, question: string): string => {
    const heard = listen(text, pack, { question: question as QuestionKind, pupil: 'Noor' });
    const holders = (heard.teacher === 'expressed' ? 'T' : '') + (heard.child === 'expressed' ? 'C' : '');
    return holders === '' ? '-' : holders;
  };

  it('is right in nearly all of them', () => {
    expect(lines.length).toBeGreaterThan(900);
    const wrong = lines.filter(([, gold, question, text]) => saysOf(text!, question!) !== gold);
    expect({ share: 1 - wrong.length / lines.length >= RIGHT, wrong: wrong.length }).toEqual({
      share: true,
      wrong: wrong.length,
    });
  });

  it('hears no feeling of ours in what is only done, or is felt by others', () => {
    const nobodys = lines.filter(([, gold]) => gold === '-');
    const wrong = nobodys.filter(([, , question, text]) => saysOf(text!, question!) !== '-');
    expect(wrong.length / nobodys.length).toBeLessThan(0.06);
  });

  it('asks for both feelings where only behaviour is told, and still hears one that is said', () => {
    const share = (of: RegExpExecArray[]): number =>
      of.filter(([, gold, question, text]) => saysOf(text!, question!) === gold).length / of.length;
    const plain = linesOf('./dutch-plain.txt');
    const told = plain.filter(([, gold]) => gold === '-');
    expect(told.length).toBeGreaterThan(500);
    expect(share(told)).toBeGreaterThanOrEqual(0.98);
    expect(share(plain.filter(([, gold]) => gold !== '-'))).toBeGreaterThanOrEqual(0.95);
  });
});

describe('what decides, one thing at a time', () => {
  const pack = loadPack('nl');
  it.each([
    ['denied of one, said of the other', 'Ik was helemaal niet boos, hij wel.', 'event', false, true],
    ['others feel, so do I', 'De vader was woest en ik ook.', 'event', true, false],
    ['the teacher guesses', 'Ik denk bang.', 'event_followup_child', false, true],
    ['what is seen is not one’s own', 'Je zag de teleurstelling.', 'event', false, true],
    ['told of a thing', 'Ik las voor over de beer die zo bang was.', 'event', false, false],
    ['no state joined on is unreal', 'Niemand wilde spelen en hij was boos.', 'event', false, true],
    ['a clause as subject', 'Dat hij niet wilde luisteren maakte me boos.', 'event', true, false],
    ['an idiom said literally', 'Hij knaagde aan zijn potlood.', 'event', false, false],
    ['an idiom with its holder inside', 'Dan springen bij mij de stoppen.', 'conflict', true, false],
    ['tired, of a child', 'Hij werd moe van het rennen.', 'event', false, false],
  ])('%s: %s', (_, text, question, teacher, child) => {
    const heard = listen(text, pack, { question: question as QuestionKind, pupil: 'Noor' });
    expect([heard.teacher === 'expressed', heard.child === 'expressed']).toEqual([teacher, child]);
  });
});
