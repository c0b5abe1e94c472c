// A project whose folder cannot be written is open to look at: what reads is answered, everything else is
// refused with a sentence.

import type { coreMethods } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';

/** Answered without writing anything. A method that is not named here is refused. */
const reading: ReadonlySet<string> = new Set<keyof typeof coreMethods>([
  ...(['project.show', 'datasets.list', 'licences.list', 'engines.describe'] as const),
  ...(['images.page', 'images.facets', 'images.ids', 'images.show', 'images.problems'] as const),
  ...(['images.histogram', 'images.duplicates', 'images.preview'] as const),
  ...(['runs.list', 'runs.show', 'jobs.list', 'jobs.show', 'comparisons.list'] as const),
  ...(['scores.evaluate', 'scores.rank', 'scores.distribution', 'scores.curves'] as const),
  ...(['thresholds.preview', 'reviews.queue', 'reviews.list', 'edits.state'] as const),
  ...(['thresholds.certificates', 'scores.drift', 'scores.falseShareList'] as const),
  ...(['comparisons.show', 'refits.offer', 'shifts.list', 'mix.show', 'outliers.sources'] as const),
  ...(['datasets.search', 'learning.offer'] as const),
  ...(['storage.show', 'backups.list', 'trash.list', 'backbones.list'] as const),
]);

export const readOnlySentence =
  'This project is open to look at only: its folder cannot be written, because this account may not or because ' +
  'the drive is read-only. Give yourself permission to write there, or copy the project to a drive of this ' +
  'computer, and open it again.';

export function readOnlyFailure(): Failure {
  return new Failure('bad-input', readOnlySentence);
}

/** Throws `bad-input` unless the method only reads. */
export function assertReading(method: string): void {
  if (!reading.has(method)) throw readOnlyFailure();
}
