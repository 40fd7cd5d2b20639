/** Sample 02.echo-bot: no state, nothing kept. The floor of this stack. */
import { ActivityHandler, MessageFactory } from 'botbuilder';
import { serve } from './common.ts';

class EchoBot extends ActivityHandler {
  constructor() {
    super();
    this.onMessage(async (context, next) => {
      const replyText = `Echo: ${context.activity.text}`;
      await context.sendActivity(MessageFactory.text(replyText, replyText));
      await next();
    });
  }
}

serve(new EchoBot());
