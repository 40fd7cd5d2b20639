/** Messages that were edited or deleted in Teams change the answer they were, by the same road as "back". */
import { pendingOf } from '../machines/course.ts';
import { isAsideQuestion, isQuestion, isSliders } from '../machines/definition.ts';
import { sameKey, type Answer } from '../machines/journal.ts';
import { mergeWords, readWords } from '../machines/words.ts';
import { readSliders, toWords } from '../machines/sliders.ts';
import { wordsIn } from './lookback.ts';
import { editHeld, identifies, maskNew } from './masking.ts';
import { raise, recheck } from './safety.ts';
import { listeningFor, readAlias, type Teacher } from './teacher.ts';

/** What a changed text is listened to for: its own question, or what may be said at the end. */
function hear(teacher: Teacher, answer: Answer, text: string): Answer['heard'] {
  if (isQuestion(answer.step) || isAsideQuestion(answer.step))
    return teacher.listen(text, listeningFor(answer.step, answer.probe));
  return answer.heard ? teacher.listen(text, 'closing') : null;
}

async function find(teacher: Teacher, source: string): Promise<Answer | null> {
  const { talk } = teacher;
  if (!talk.interview) return null;
  return (await talk.answers()).find((a) => a.sources.includes(source)) ?? null;
}

export async function editMessage(teacher: Teacher, source: string, text: string): Promise<void> {
  const { talk } = teacher;
  if (await editHeld(teacher, source, text)) return;
  const answer = await find(teacher, source);
  if (!answer) return talk.interview ? talk.notice('editUnknown') : undefined;
  if (isSliders(answer.step)) return editSliders(teacher, answer, text);
  const pieces = (answer.pieces ?? [answer.text]).map((piece, i) =>
    answer.sources[i] === source ? text : piece,
  );
  return replace(teacher, answer, pieces, answer.sources, 'edited');
}

export async function deleteMessage(teacher: Teacher, source: string): Promise<void> {
  const { talk } = teacher;
  if (await editHeld(teacher, source, null)) return;
  const answer = await find(teacher, source);
  if (!answer) return;
  const left = answer.sources.flatMap((s, i) => (s === source ? [] : [i]));
  const pieces = (answer.pieces ?? [answer.text]).filter((_, i) => left.includes(i));
  if (pieces.length > 0) {
    const sources = left.map((i) => answer.sources[i] ?? '');
    return replace(teacher, answer, pieces, sources, 'deleted');
  }
  // The alias cannot be missed; everything else is simply asked again.
  if (answer.step === 'c4_alias') return talk.notice('editUnknown');
  await talk.dropAnswer(answer);
  await recheck(talk);
  return settle(teacher, 'deleted');
}

/** Six numbers that were typed and then changed; something else changes nothing. */
async function editSliders(teacher: Teacher, answer: Answer, text: string): Promise<void> {
  const { talk } = teacher;
  const values = readSliders(text);
  if (!values) return talk.notice('editUnknown');
  await talk.file({ ...answer, words: toWords(values) });
  if (answer.step === 's1_sliders') talk.update({ sliders: values });
  await settle(teacher, 'edited');
}

async function replace(
  teacher: Teacher,
  answer: Answer,
  pieces: readonly string[],
  sources: readonly string[],
  what: 'edited' | 'deleted',
): Promise<void> {
  const { talk } = teacher;
  if (pieces.join('\n') === answer.text) return;
  // Names and words are repeated in later questions: what is about safety does not get there by an edit either.
  if (answer.step === 'c4_alias' || answer.step === 'q1_words') {
    const said = pieces.join('\n');
    if (await raise(teacher, said, teacher.listen(said, 'closing'), { filed: false })) return;
  }
  if (answer.step === 'c4_alias') return rename(teacher, answer, pieces.join('\n'), sources, what);
  pieces = pieces.map((piece) => maskNew(talk, piece, answer.text));
  const text = pieces.join('\n');
  const { pieces: _old, words: _words, ...rest } = answer;
  const words = wordsOf(teacher, answer, text);
  await talk.file({
    ...rest,
    text,
    sources,
    ...(pieces.length > 1 ? { pieces } : {}),
    ...(words ? { words } : {}),
    heard: hear(teacher, answer, words?.join(', ') ?? text),
  });
  const names = talk.open().names;
  if (answer.step === 'q1_words' && words) talk.update({ names: { ...names, words } });
  await recheck(talk);
  await settle(teacher, what);
  // Said after what became of the edit, and last, so that it is what stands on the screen.
  await raise(teacher, text, words ? null : hear(teacher, answer, text), { filed: true });
}

/** The nickname was edited: it must be one. */
async function rename(
  teacher: Teacher,
  answer: Answer,
  text: string,
  sources: readonly string[],
  what: 'edited' | 'deleted',
): Promise<void> {
  const { talk } = teacher;
  const alias = identifies(talk, text) ? null : readAlias(text);
  if (alias === null) return talk.notice('editUnknown');
  await talk.file({ ...answer, text: alias, sources });
  talk.update({ names: { ...talk.open().names, alias } });
  await settle(teacher, what);
}

function wordsOf(teacher: Teacher, answer: Answer, text: string): readonly string[] | null {
  if (answer.step === 'b1_words') return wordsIn(teacher.talk, { text, sources: [] });
  if (answer.step !== 'q1_words') return null;
  const read = readWords(text, teacher.talk.language.joiners());
  return answer.probe === null ? read : mergeWords(teacher.talk.words, read);
}

/** Says what happened, and asks what now has to be asked. After sharing, the coach's copy is never changed silently. */
async function settle(teacher: Teacher, what: 'edited' | 'deleted'): Promise<void> {
  const { talk } = teacher;
  const coach = talk.school.coach.name;
  if (talk.open().status === 'shared') return talk.notice(`${what}Shared`, { coach });
  const before = pendingOf(await talk.snapshot());
  const effects = await talk.rebuild();
  const ask = pendingOf(await talk.snapshot());
  talk.notice(what);
  if (ask && !(before && sameKey(before, ask))) await teacher.perform(effects, { before: [] });
}
