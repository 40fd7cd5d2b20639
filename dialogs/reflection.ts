/**
 * Thinking on one's own, without a coach: a few questions about how one comes across, answered in one's own words. It stays with the
 * teacher: nothing of it can be shared, and the coach does not even learn that a safety card was shown. At the end the teacher reads
 * the answers back, and keeps or erases them.
 */
import { paceOf, isErasureAsked, pendingOf } from '../machines/course.ts';
import { isAsideQuestion } from '../machines/definition.ts';
import type { Ask } from '../machines/slots.ts';
import { putOffer, putQuestion, wording, wordingOf } from './asking.ts';
import { packed, piecesOf } from './rights.ts';
import { showPinned, unpin } from './safety.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';
import { putWaiting } from './waiting.ts';

export async function beginReflection(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (!talk.interview) return start(teacher, false);
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  if (isErasureAsked(snapshot)) return teacher.offer('eraseConfirm', ['eraseYes', 'eraseNo']);
  // After thoughts of suicide the card is all there is, and what waits for the teacher's word is about what was just said.
  if (showPinned(talk) || putWaiting(talk)) return;
  if (ask && talk.aside) return teacher.perform([{ type: 'ask', ask }], { before: [] });
  const begun = ask !== null && ask.step !== 'c3_consent';
  // In the middle of an interview the next text would belong to two questions.
  if (begun && paceOf(snapshot) === 'running') return putOffer(talk, 'reflection:first', ['pause', 'repeat']);
  return start(teacher, ask !== null && talk.interview.status === 'open');
}

async function start(teacher: Teacher, open: boolean): Promise<void> {
  const { talk } = teacher;
  const effects = talk.beginAside('reflection', open);
  talk.notice(talk.alias === '' ? 'reflection:intro' : 'reflection:introAbout', {
    coach: talk.school.coach.name,
    ...(talk.alias === '' ? {} : { child: talk.alias }),
  });
  await teacher.perform(effects);
}

/** "Stop" halfway: what is left is skipped, and the teacher says what is to become of what was written. */
export async function endReflection(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (putWaiting(talk)) return;
  if (!pendingOf(await talk.snapshot())) return talk.notice('closed');
  unpin(talk);
  if (paceOf(await talk.snapshot()) !== 'running') await talk.happen({ type: 'RESUMED' });
  let ask = pendingOf(await talk.snapshot());
  for (; ask && isAsideQuestion(ask.step); ask = pendingOf(await talk.snapshot())) {
    const earlier = (await talk.answers()).find((a) => a.step === ask?.step);
    // An answer that was opened again stands as it was.
    const answer = earlier
      ? await talk.file({ ...earlier, reopened: false })
      : await talk.file({ ...skipped(talk, ask) });
    await talk.advance(answer);
  }
  if (ask) await readBack(teacher, ask, [talk.language.t('reflection:stopped')]);
}

function skipped(talk: Talk, ask: Ask): Parameters<Talk['file']>[0] {
  return {
    step: ask.step,
    probe: null,
    kind: 'skipped',
    text: '',
    heard: null,
    lang: talk.language.code,
    wording: wordingOf(talk, ask),
    sources: [],
  };
}

/** The teacher's own words, as written, and the choice what becomes of them. */
export async function readBack(teacher: Teacher, ask: Ask, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  const told = (await talk.answers()).filter((a) => isAsideQuestion(a.step) && a.text !== '');
  // Nothing was written: there is nothing to decide about.
  if (told.length === 0) return finishReflection(teacher, false, before);
  const lines = told.flatMap((answer) => [
    wording(talk, { step: answer.step, probe: null, nth: 0, gentle: false }, ''),
    ...piecesOf(`“${answer.text}”`),
    '',
  ]);
  const intro = [...before, talk.language.t('reflection:readBack')];
  packed([intro.join('\n\n'), '', ...lines]).forEach((part) => {
    talk.say({ label: { step: ask.step, kind: 'review' }, text: part.join('\n').trim() });
  });
  putQuestion(talk, ask, null);
}

export function finishReflection(teacher: Teacher, keep: boolean, before: readonly string[] = []): void {
  const { talk } = teacher;
  const open = talk.memory.before?.open ?? false;
  const key = keep ? 'kept' : before.length > 0 ? 'nothing' : 'gone';
  const lines = [talk.language.t(`reflection:${key}`)];
  if (open) lines.push(talk.language.t('reflection:backOpen'));
  talk.say({ label: { step: 'm5_keep', kind: 'notice' }, text: [...before, ...lines].join('\n\n') });
  talk.leaveAside({ erase: !keep });
}
