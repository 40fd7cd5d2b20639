/** What a teacher can ask for at any time, and what then happens. */
import { isErasureAsked, paceOf, pendingOf, phaseOf } from '../machines/course.ts';
import { askedOf, isQuestion, placeOf } from '../machines/definition.ts';
import type { ProbeId } from '../machines/follow-up.ts';
import type { Ask } from '../machines/slots.ts';
import type { Answer } from '../machines/journal.ts';
import { putStatus } from './afterwards.ts';
import { callOffAll } from './meeting.ts';
import { excerpt, progressText, putOffer, type AnyChoice } from './asking.ts';
import type { Command } from './commands.ts';
import { offerDocument } from './documents.ts';
import { putSharedCopy } from './review.ts';
import { endAside } from './aside.ts';
import { beginLookBack } from './lookback.ts';
import { beginReflection } from './reflection.ts';
import { exportData, withdraw } from './rights.ts';
import { isPinned, showContacts, showPinned, unpin } from './safety.ts';
import type { Teacher } from './teacher.ts';
import { putWaiting } from './waiting.ts';

const EXCERPT_IN_LIST = 60;
/** About the interview; they wait until the small script beside it is done. */
const LATER: ReadonlySet<Command['id']> = new Set(['share', 'withdraw', 'profile', 'document']);
const MOVES: ReadonlySet<Command['id']> = new Set(['skip', 'back', 'change', 'changeNumber']);

export async function obey(teacher: Teacher, command: Command): Promise<void> {
  const { talk } = teacher;
  switch (command.id) {
    case 'help':
      return talk.notice('help', { coach: talk.school.coach.name });
    case 'contacts':
      return showContacts(teacher);
    case 'language':
      return whichLanguage(teacher);
    case 'speak':
      return speak(teacher, command.lang);
    case 'again':
      return startAgain(teacher);
    case 'reflect':
      return beginReflection(teacher);
    case 'lookBack':
      return beginLookBack(teacher);
    default:
      break;
  }
  if (command.id === 'export') return exportData(teacher);
  if (!talk.interview) return teacher.offer('erased', ['startAgain']);
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  const erasing = isErasureAsked(snapshot);
  if (talk.aside && LATER.has(command.id))
    return talk.notice(talk.aside === 'reflection' ? 'reflection:onlyYours' : 'lookback:first');
  switch (command.id) {
    case 'erase':
      if (!erasing) await talk.happen({ type: 'ERASE_ASKED' });
      return teacher.offer('eraseConfirm', ['eraseYes', 'eraseNo']);
    case 'yes':
      return erasing ? eraseEverything(teacher) : talk.notice('stale');
    case 'no':
      if (!erasing) return talk.notice('stale');
      await talk.happen({ type: 'ERASE_DECLINED' });
      return talk.notice('eraseCancelled');
    case 'progress':
      if (!ask && (await talk.handovers()).length > 0)
        return putStatus(
          talk,
          (await talk.handovers()).map(({ handover }) => handover),
        );
      return talk.say({ label: { step: talk.step, kind: 'notice' }, text: progressText(talk, ask) });
    case 'share':
      return shareLater(teacher);
    case 'withdraw':
      return withdraw(teacher);
    case 'profile':
      return showProfile(teacher, ask);
    case 'document':
      return offerDocument(
        talk,
        talk.open().shared === null ? null : { kind: 'profile', interviewId: talk.open().id },
      );
    default:
      break;
  }
  if (!ask) {
    const reopening = command.id === 'change' || command.id === 'changeNumber';
    if (!reopening || phaseOf(snapshot) === 'shared') return talk.notice('closed');
  }
  switch (command.id) {
    case 'pause':
      if (paceOf(snapshot) === 'running') await talk.happen({ type: 'PAUSED' });
      return teacher.offer('paused', ['resume']);
    case 'stop':
      if (talk.aside) return endAside(teacher);
      if (paceOf(snapshot) !== 'stopped') await talk.happen({ type: 'STOPPED' });
      talk.update({ status: 'stopped' });
      return teacher.offer('stopped', ['resume', 'startAgain']);
    case 'resume':
      return resume(teacher, ask);
    default:
      break;
  }
  if (paceOf(snapshot) === 'stopped') return teacher.offer('stoppedStill', ['resume', 'startAgain']);
  // After a card the questions go on only when the teacher says so.
  if (showPinned(talk)) return;
  if (isPinned(talk)) return teacher.offer('paused', ['resume']);
  if (paceOf(snapshot) === 'paused') await talk.happen({ type: 'RESUMED' });
  // Where one goes next can wait for a word about what was just said.
  if (MOVES.has(command.id) && putWaiting(talk)) return;
  switch (command.id) {
    case 'repeat':
      return teacher.perform(ask ? [{ type: 'ask', ask }] : [], { before: [] });
    case 'skip':
      return ask ? teacher.skip(ask) : undefined;
    case 'back':
      return ask ? goBack(teacher, ask) : undefined;
    case 'change':
      return whichAnswer(teacher);
    case 'changeNumber':
      return change(teacher, command.n);
    default:
      return undefined;
  }
}

async function resume(teacher: Teacher, ask: Ask | null): Promise<void> {
  const { talk } = teacher;
  await talk.happen({ type: 'RESUMED' });
  if (talk.open().status === 'stopped') talk.update({ status: 'open' });
  const before = [unpin(talk) ?? talk.language.t('notices:resumed')];
  await teacher.perform(ask ? [{ type: 'ask', ask }] : [], { before });
}

/* ---------------------------------------------------------------- going back */

async function goBack(teacher: Teacher, ask: Ask): Promise<void> {
  const { talk } = teacher;
  const before = (await talk.answers()).filter(
    (a) =>
      a.step !== 'c3_consent' &&
      !a.reopened &&
      (placeOf(a.step) < placeOf(ask.step) ||
        (a.step === ask.step && ask.probe !== null && a.probe !== ask.probe)),
  );
  const last = [...before].sort((a, b) => placeOf(a.step) - placeOf(b.step) || a.seq - b.seq).at(-1);
  if (!last) {
    talk.notice('nothingBefore');
    return teacher.perform([{ type: 'ask', ask }], { before: [] });
  }
  return reopen(teacher, last);
}

/** Asks an answered question again; the old answer stays until the new one is there. */
async function reopen(teacher: Teacher, answer: Answer): Promise<void> {
  const { talk } = teacher;
  await talk.file({ ...answer, reopened: true });
  if (isQuestion(answer.step)) {
    // What was decided about the sentences comes up again once they may have changed.
    for (const later of await talk.answers()) {
      if (['r1_review', 'r3_share', 'r4_state'].includes(later.step)) await talk.dropAnswer(later);
    }
    if (talk.open().status === 'kept') talk.update({ status: 'open' });
  }
  await teacher.perform(await talk.rebuild(), { before: [] });
}

async function answered(teacher: Teacher): Promise<{ n: number; answer: Answer }[]> {
  const { talk } = teacher;
  const answers = await talk.answers();
  return askedOf(talk.open().definition).flatMap((step, i) => {
    const answer = answers.find((a) => a.step === step && a.probe === null);
    return answer ? [{ n: i + 1, answer }] : [];
  });
}

async function whichAnswer(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  const list = (await answered(teacher)).map(
    ({ n, answer }) => `${n}. ${excerpt(answer.text, EXCERPT_IN_LIST)}`,
  );
  if (list.length === 0) return talk.notice('nothingBefore');
  talk.notice('changeWhich', { list: list.join('\n') });
}

async function change(teacher: Teacher, n: number): Promise<void> {
  const { talk } = teacher;
  const known = await answered(teacher);
  const found = known.find((a) => a.n === n);
  if (!found) {
    const total = known.at(-1)?.n ?? 0;
    return talk.notice(total === 0 ? 'nothingBefore' : 'changeUnknown', { n, total });
  }
  return reopen(teacher, found.answer);
}

/* ---------------------------------------------------------------- language */

function whichLanguage(teacher: Teacher): void {
  const { talk } = teacher;
  const codes = talk.school.languages.offered.filter((code) => talk.texts.has(code));
  const list = codes.map((code) => talk.texts.language(code).name).join('\n');
  teacher.offer(
    'languageWhich',
    codes.map((code): AnyChoice => `lang:${code}`),
    { list },
  );
}

async function speak(teacher: Teacher, wanted: string): Promise<void> {
  const { talk } = teacher;
  const { offered } = talk.school.languages;
  // Who asks for Flemish where only Dutch is offered gets Dutch.
  const base = talk.texts.has(wanted) ? talk.texts.language(wanted).base : wanted;
  const code = offered.includes(wanted) || !offered.includes(base) ? wanted : base;
  if (!talk.texts.has(code) || !talk.school.languages.offered.includes(code)) return whichLanguage(teacher);
  const same = talk.language.code === code;
  talk.speak(code);
  if (same) return talk.notice('languageSame');
  await sayAgain(teacher, [talk.language.t('notices:languageChanged')]);
}

/** What waits for the teacher comes once more, in the language of now. Nothing that stands still begins to move by it but a pause. */
async function sayAgain(teacher: Teacher, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  const snapshot = talk.interview ? await talk.snapshot() : null;
  // A "yes" in the new language must answer what is read there.
  if (snapshot && isErasureAsked(snapshot))
    return putOffer(talk, 'eraseConfirm', ['eraseYes', 'eraseNo'], {}, before);
  const ask = snapshot && pendingOf(snapshot);
  if (!snapshot || !ask)
    return talk.say({ label: { step: talk.step, kind: 'notice' }, text: before.join('\n\n') });
  if (paceOf(snapshot) === 'stopped')
    return putOffer(talk, 'stoppedStill', ['resume', 'startAgain'], {}, before);
  if (showPinned(talk)) return;
  if (isPinned(talk)) return putOffer(talk, 'paused', ['resume'], {}, before);
  if (putWaiting(talk, before)) return;
  if (paceOf(snapshot) === 'paused') await talk.happen({ type: 'RESUMED' });
  await teacher.perform([{ type: 'ask', ask }], { before });
}

/* ---------------------------------------------------------------- end and new beginning */

async function eraseEverything(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  await callOffAll(talk);
  talk.erase('person');
  talk.memory = {};
  talk.greet();
  teacher.offer('erased', ['startAgain']);
}

async function startAgain(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (!talk.interview) return teacher.welcome();
  const snapshot = await talk.snapshot();
  const phase = phaseOf(snapshot);
  const over = phase === 'kept' || phase === 'shared' || paceOf(snapshot) === 'stopped';
  if (!over) return teacher.offer('againFirst', ['resume', 'stop']);
  // Another pupil, or another time: other wordings, so that nobody answers a script by heart.
  const heard = { ...talk.memory.heard };
  for (const [probe, times] of Object.entries(snapshot.context.kinds) as [ProbeId, number][])
    heard[probe] = (heard[probe] ?? 0) + times;
  talk.remember({ round: (talk.memory.round ?? 0) + 1, heard });
  return teacher.welcome();
}

async function shareLater(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  if (ask?.step === 'r3_share') return teacher.perform([{ type: 'ask', ask }], { before: [] });
  const phase = phaseOf(snapshot);
  if (phase === 'shared') return talk.notice('closed');
  if (phase !== 'kept') return talk.notice('notShareable');
  for (const answer of await talk.answers()) {
    if (answer.step === 'r3_share' || answer.step === 'r4_state') await talk.dropAnswer(answer);
  }
  talk.update({ status: 'open' });
  return teacher.perform(await talk.rebuild(), { before: [] });
}

async function showProfile(teacher: Teacher, ask: Ask | null): Promise<void> {
  const { talk } = teacher;
  if (talk.open().shared !== null) return putSharedCopy(teacher);
  if (ask && (ask.step === 'r1_review' || ask.step === 'r3_share')) {
    return teacher.perform([{ type: 'ask', ask }], { before: [] });
  }
  return talk.notice('notShareable');
}
