/** The versions of the settings, to look at, to take back, to carry elsewhere; and the counts of the school. */
import type { Admin } from './admin-desk.ts';
import { countScript } from './admin-prompts.ts';
import { offerDocument } from './documents.ts';
import type { SettingsVersion } from './ports.ts';

const SHOWN_VERSIONS = 10;
const LONGEST_MESSAGE = 12_000;
const LEAST_TEACHERS = 5;

export function signature(
  admin: Admin,
  version: SettingsVersion,
): { date: string; who: string; what: string } {
  const date = new Intl.DateTimeFormat(admin.language.tag, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(version.at);
  const who = version.by ?? admin.text(version.source === 'file' ? 'who.file' : 'who.somebody');
  return { date, who, what: admin.whatOf(version.what) };
}

/* ---------------------------------------------------------------- versions */

export function putHistory(admin: Admin): void {
  const lines = admin.settings
    .versions()
    .slice(-SHOWN_VERSIONS)
    .reverse()
    .map((version) => admin.text('historyLine', { n: version.number, ...signature(admin, version) }));
  admin.put(admin.text('history', { list: lines.join('\n') }), [admin.word('undo'), admin.word('menu')]);
}

/** One step back; after an undo, one step further back. */
export function undo(admin: Admin): void {
  const versions = admin.settings.versions();
  const latest = versions.at(-1);
  const from = latest?.source === 'undo' ? Number(latest.what.values?.['n']) : (latest?.number ?? 0);
  const target = versions.findLast(({ number, source }) => number < from && source !== 'undo');
  if (!target) return admin.put(admin.text('nothingToUndo'), [admin.word('menu')]);
  admin.go('menu');
  admin.change({ yaml: target.yaml }, 'undo', { key: 'undone', values: { n: target.number } });
}

export function putExport(admin: Admin): void {
  admin.talk.notice('admin:chat.export');
  const yaml = admin.settings.versions().at(-1)?.yaml ?? '';
  for (const part of partsOf(yaml))
    admin.talk.say({ label: { step: admin.talk.step, kind: 'notice' }, text: part });
}

/** Cut between lines, so that the parts put together are the file. */
function partsOf(yaml: string): string[] {
  const parts = [''];
  for (const line of yaml.trimEnd().split('\n')) {
    const last = parts.at(-1) ?? '';
    if (last.length + line.length > LONGEST_MESSAGE) parts.push(line);
    else parts[parts.length - 1] = last === '' ? line : `${last}\n${line}`;
  }
  return parts;
}

/* ---------------------------------------------------------------- preview and counts */

export async function putPreview(admin: Admin): Promise<void> {
  admin.put(admin.text('previewHow', { ...outlineOf(admin) }), [admin.word('menu')]);
  if (admin.talk.school.documents !== undefined) await offerDocument(admin.talk, { kind: 'script' });
}

function outlineOf(admin: Admin): Record<string, string | number> {
  const { language, settings } = admin;
  return { lang: language.code, ...countScript(language, settings.view()) };
}

export async function putCounts(admin: Admin): Promise<void> {
  const counts = await admin.talk.scene.counts?.();
  if (!counts || counts.teachers < LEAST_TEACHERS)
    return admin.put(admin.text('countsFew'), [admin.word('menu')]);
  const percent = (part: number) => (counts.asked === 0 ? 0 : Math.round((100 * part) / counts.asked));
  const skips = Object.entries(counts.skips).map(([step, n]) => `${step} ${n}`);
  admin.put(
    admin.text('counts', {
      started: counts.started,
      finished: counts.finished,
      minutes: counts.medianMinutes ?? admin.text('countsNoMinutes'),
      asked: counts.asked,
      yield: percent(counts.brought),
      redundant: percent(counts.redundant),
      skips: skips.join(', ') || admin.text('countsNoSkips'),
    }),
    [admin.word('menu')],
  );
}
