/** The coach's side: a greeting, what teachers share, and what coach and teacher arrange. What else a coach types goes nowhere. */
import { readCommand } from './commands.ts';
import { pressAtDesk, putDesk, readAtDesk } from './desk.ts';
import type { ForFiles, Incoming, Invoke } from './ports.ts';
import type { Talk } from './talk.ts';

export async function coachTurn(talk: Talk, incoming: Exclude<Incoming, Invoke | ForFiles>): Promise<void> {
  switch (incoming.kind) {
    case 'arrived':
    case 'text':
    case 'button':
      return heedCoach(talk, incoming);
    case 'unreadable':
      return talk.notice('coach:unreadable');
    case 'returned':
    case 'left':
    case 'edited':
    case 'deleted':
    case 'delivery':
    case 'due':
      return;
  }
}

async function heedCoach(
  talk: Talk,
  incoming: Extract<Incoming, { kind: 'arrived' | 'text' | 'button' }>,
): Promise<void> {
  const first = !talk.greeted;
  if (first) {
    talk.greet();
    talk.notice('coach:greeting');
  }
  if (incoming.kind === 'arrived') {
    // Opening the page again says nothing new.
    if (first && (await talk.handovers()).length > 0) await putDesk(talk);
    return;
  }
  if (incoming.kind === 'button') {
    if (!(await pressAtDesk(talk, incoming))) talk.notice('desk:gone');
    return;
  }
  const command = readCommand(incoming.text, talk.language);
  if (command?.id === 'speak' && talk.texts.has(command.lang)) {
    talk.speak(command.lang);
    return talk.notice('languageChanged');
  }
  if (await readAtDesk(talk, incoming.text)) return;
  if (!first) talk.notice('coach:help');
}
