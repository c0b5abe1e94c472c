// The last import that ended while the window was open, and how many of its files have problems that the user
// has not looked at.

import type { ImportResult, Job } from '#contract/core.ts';
import { count, counted } from '#domain/figures.ts';
import type { CoreClient } from '../../../client/clients.ts';
import type { Jobs } from '../jobs.svelte.ts';

export interface EndedImport {
  readonly jobId: number;
  readonly result: ImportResult;
  /** The job's failure: nothing was imported. */
  readonly failure: string | null;
}

export class ImportWatch {
  readonly #core: CoreClient;
  #latest = $state.raw<EndedImport>();
  #unseen = $state(0);

  constructor(core: CoreClient) {
    this.#core = core;
  }

  /** undefined before the first one, and once it is dismissed. */
  get latest(): EndedImport | undefined {
    return this.#latest;
  }

  /** Files of imports that could not be read, since the problems were looked at. */
  get unseen(): number {
    return this.#unseen;
  }

  /** Returns a function that stops. onFault: of a request that fails. */
  follow(jobs: Jobs, onFault: (error: unknown) => void): () => void {
    return jobs.onState((job) => {
      const hasEnded = job.state === 'succeeded' || job.state === 'failed';
      if (job.kind === 'import' && hasEnded) this.#take(job).catch(onFault);
    });
  }

  dismiss(): void {
    this.#latest = undefined;
  }

  markSeen(): void {
    this.#unseen = 0;
  }

  async #take({ id, failure }: Job): Promise<void> {
    const { result } = await this.#core.call('jobs.show', { jobId: id });
    if (!isImportResult(result)) return;
    this.#latest = { jobId: id, result, failure: failure?.message ?? null };
    this.#unseen += result.failed.length;
  }
}

function isImportResult(result: unknown): result is ImportResult {
  return typeof result === 'object' && result !== null && 'leftOut' in result;
}

/** "843 of 850 images imported. 7 could not be read. 6 masks and label images left out." */
export function importSentence({ result, failure }: EndedImport): string {
  const { imported, duplicates, failed, notImages, leftOut } = result;
  if (failure !== null) return failure;
  const taken = imported + duplicates;
  const tried = taken + failed.length;
  const known = duplicates > 0 ? ` (${count(duplicates)} of them known before)` : '';
  const parts = [
    failed.length > 0
      ? `${count(taken)} of ${counted(tried, 'image')} imported${known}. ${count(failed.length)} could not be read.`
      : `${counted(taken, 'image')} imported${known}.`,
  ];
  const others = [
    [leftOut.masks, leftOut.masks === 1 ? 'mask or label image' : 'masks and label images'],
    [
      leftOut.skipped,
      leftOut.skipped === 1 ? 'image of a skipped class' : 'images of skipped classes',
    ],
    [leftOut.system + leftOut.hidden, 'thumbnails, hidden and system files'],
    [leftOut.projects, leftOut.projects === 1 ? 'Normscope project' : 'Normscope projects'],
    [notImages.count, notImages.count === 1 ? 'file that is no image' : 'files that are no images'],
  ] as const;
  const named = others.filter(([number]) => number > 0);
  if (named.length > 0) {
    parts.push(
      `Left out: ${named.map(([number, what]) => `${count(number)} ${what}`).join(', ')}.`,
    );
  }
  return parts.join(' ');
}
