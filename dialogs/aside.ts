/** What the small scripts beside the interview have in common: when one may begin, and how it is stopped halfway. */
import { isErasureAsked, paceOf, pendingOf } from '../machines/course.ts';
import { isAsideQuestion } from '../machines/definition.ts';
import type { Effect } from '../machines/interview.ts';
import type { Ask } from '../machines/slots.ts';
import { wordingOf } from './asking.ts';
import { showPinned, unpin } from './safety.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';
import { putWaiting } from './waiting.ts';

/** Puts first what has to come first; true when it did, and no small script can begin now. */
export async function comesFirst(teacher: Teacher): Promise<boolean> {
  const { talk } = teacher;
  if (!talk.interview) return false;
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  if (isErasureAsked(snapshot)) {
    teacher.offer('eraseConfirm', ['eraseYes', 'eraseNo']);
    return true;
  }
  // After thoughts of suicide the card is all there is, and what waits for the teacher's word is about what was just said.
  if (showPinned(talk) || putWaiting(talk)) return true;
  if (!ask || !talk.aside) return false;
  await teacher.perform([{ type: 'ask', ask }], { before: [] });
  return true;
}

/** "Stop" halfway: what is left is skipped, and the teacher says what is to become of what was written. */
export async function endAside(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (putWaiting(talk)) return;
  if (!pendingOf(await talk.snapshot())) return talk.notice('closed');
  unpin(talk);
  if (paceOf(await talk.snapshot()) !== 'running') await talk.happen({ type: 'RESUMED' });
  let ask = pendingOf(await talk.snapshot());
  let effects: readonly Effect[] = ask ? [{ type: 'ask', ask }] : [];
  for (; ask && isAsideQuestion(ask.step); ask = pendingOf(await talk.snapshot())) {
    const { step } = ask;
    const earlier = (await talk.answers()).find((a) => a.step === step);
    // An answer that was opened again stands as it was.
    const answer = await talk.file(earlier ? { ...earlier, reopened: false } : skipped(talk, ask));
    effects = await talk.advance(answer);
  }
  await teacher.perform(effects, { before: [talk.language.t('reflection:stopped')] });
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
