/**
 * Sample 05.multi-turn-prompt with as many questions as Klankbord's interview has turns: one waterfall of text prompts whose
 * answers gather in the dialog's values. State in memory, or in PostgreSQL when a database is given.
 */
import { ActivityHandler, ConversationState, MemoryStorage, UserState, type TurnContext } from 'botbuilder';
import {
  ComponentDialog,
  DialogSet,
  DialogTurnStatus,
  TextPrompt,
  WaterfallDialog,
  type WaterfallStepContext,
} from 'botbuilder-dialogs';
import { serve } from './common.ts';
import { postgresStorage } from './postgres-storage.ts';

const { QUESTIONS: questions = '20', DATABASE_URL: url } = process.env;
const NAME = 'interview';

class Interview extends ComponentDialog {
  constructor() {
    super('interviewDialog');
    const count = Number(questions);
    const steps = Array.from({ length: count + 1 }, (_, nth) => async (step: WaterfallStepContext) => {
      const values = step.values as Record<string, unknown>;
      if (nth > 0) values[`answer${nth}`] = step.result;
      if (nth < count)
        return step.prompt(NAME, {
          prompt: `Question ${nth + 1}. Tell about one moment that comes to mind.`,
        });
      await step.context.sendActivity(`Thank you. You gave ${count} answers.`);
      return step.endDialog();
    });
    this.addDialog(new TextPrompt(NAME));
    this.addDialog(new WaterfallDialog('waterfall', steps));
    this.initialDialogId = 'waterfall';
  }

  async run(context: TurnContext, accessor: ReturnType<ConversationState['createProperty']>): Promise<void> {
    const dialogs = new DialogSet(accessor as never);
    dialogs.add(this);
    const dialogContext = await dialogs.createContext(context);
    const results = await dialogContext.continueDialog();
    if (results.status === DialogTurnStatus.empty) await dialogContext.beginDialog(this.id);
  }
}

class DialogBot extends ActivityHandler {
  readonly #conversation: ConversationState;
  readonly #user: UserState;

  constructor(conversation: ConversationState, user: UserState, dialog: Interview) {
    super();
    this.#conversation = conversation;
    this.#user = user;
    const state = conversation.createProperty('DialogState');
    this.onMessage(async (context, next) => {
      await dialog.run(context, state);
      await next();
    });
  }

  override async run(context: TurnContext): Promise<void> {
    await super.run(context);
    await this.#conversation.saveChanges(context, false);
    await this.#user.saveChanges(context, false);
  }
}

const storage = url ? await postgresStorage(url) : new MemoryStorage();
serve(new DialogBot(new ConversationState(storage), new UserState(storage), new Interview()));
