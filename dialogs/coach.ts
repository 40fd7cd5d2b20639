/** The coach's side: a greeting, the profiles teachers share, and little else. What a coach types goes nowhere. */
import { readCommand } from './commands.ts';
import type { ForFiles, Incoming, Invoke } from './ports.ts';
import type { Talk } from './talk.ts';

export function coachTurn(talk: Talk, incoming: Exclude<Incoming, Invoke | ForFiles>): void {
  switch (incoming.kind) {
    case 'arrived':
    case 'text':
    case 'button':
      if (!talk.greeted) {
        talk.greet();
        return talk.notice('coach:greeting');
      }
      // Opening the page again says nothing new.
      if (incoming.kind === 'arrived') return;
      if (incoming.kind === 'text') {
        const command = readCommand(incoming.text, talk.language);
        if (command?.id === 'speak' && talk.texts.has(command.lang)) {
          talk.speak(command.lang);
          return talk.notice('languageChanged');
        }
      }
      return talk.notice('coach:help');
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
