import { describe, expect, it } from '@jest/globals';
import { readCommand, readReviewCommand } from '../../../dialogs/commands.ts';
import { loadTexts } from '../../../locales/index.ts';

const texts = loadTexts();
const nl = texts.language('nl');
const en = texts.language('en');

describe('a command is a whole message', () => {
  it.each([
    ['hulp', { id: 'help' }],
    ['Hulp!', { id: 'help' }],
    ['  /stop ', { id: 'stop' }],
    ['‘pauze’', { id: 'pause' }],
    ['wijzig antwoord 3', { id: 'changeNumber', n: 3 }],
    ['Wijzig  vraag 12.', { id: 'changeNumber', n: 12 }],
    ['english', { id: 'speak', lang: 'en' }],
  ])('%j', (text, command) => {
    expect(readCommand(text, nl)).toEqual(command);
  });

  it.each([
    'Ik heb hulp gevraagd aan de IB’er',
    'hij wilde stop roepen',
    'Toen ik hem vroeg om te stoppen zei hij: terug',
    'wijzig antwoord drie keer per dag',
    'Ik moest hem helpen met terug gaan zitten en toen was het pauze',
    'overslaan deed hij ook, met springtouw',
  ])('a command word inside a sentence is an answer: %j', (text) => {
    expect(readCommand(text, nl)).toBeNull();
  });

  it('belongs to the language of the conversation', () => {
    expect(readCommand('skip this question', en)).toEqual({ id: 'skip' });
    expect(readCommand('sla over', en)).toBeNull();
  });

  it('is never read from a long message, however it is built', () => {
    expect(readCommand(`${'stop '.repeat(4000)}`, nl)).toBeNull();
  });
});

describe('decisions about one sentence', () => {
  it.each([
    ['weg 3', { id: 'reviewRemove', n: 3 }],
    ['Houd 12.', { id: 'reviewKeep', n: 12 }],
    ['3: Ik was moe. Echt moe.', { id: 'reviewChange', n: 3, text: 'Ik was moe. Echt moe.' }],
    ['wijzig 4:  twee\nregels', { id: 'reviewChange', n: 4, text: 'twee\nregels' }],
  ])('%j', (text, command) => {
    expect(readReviewCommand(text, nl)).toEqual(command);
  });

  it.each(['weg', '3', 'weg 3 en 4', 'klaar', '3:', '9999: te veel'])('%j is none', (text) => {
    expect(readReviewCommand(text, nl)).toBeNull();
  });
});
