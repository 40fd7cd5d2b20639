/**
 * Thinking on one's own, without a coach: a few questions about how one comes across, answered in one's own words. It stays with the
 * teacher: nothing of it can be shared, and the coach does not even learn that a safety card was shown. At the end the teacher reads
 * the answers back, and keeps or erases them.
 */
import { paceOf, pendingOf } from '../machines/course.ts';
import { isAsideQuestion } from '../machines/definition.ts';
import type { Ask } from '../machines/slots.ts';
import { comesFirst } from './aside.ts';
import { putOffer, putQuestion, wording } from './asking.ts';
import { packed, piecesOf } from './rights.ts';
import type { Teacher } from './teacher.ts';

export async function beginReflection(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (await comesFirst(teacher)) return;
  const snapshot = talk.interview ? await talk.snapshot() : null;
  const ask = snapshot && pendingOf(snapshot);
  // In the middle of an interview the next text would belong to two questions.
  if (ask && ask.step !== 'c3_consent' && paceOf(snapshot) === 'running')
    return putOffer(talk, 'reflection:first', ['pause', 'repeat']);
  const effects = talk.beginAside('reflection', ask !== null && talk.interview?.status === 'open');
  talk.notice(talk.alias === '' ? 'reflection:intro' : 'reflection:introAbout', {
    coach: talk.school.coach.name,
    ...(talk.alias === '' ? {} : { child: talk.alias }),
  });
  await teacher.perform(effects);
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
