// Where one is on the way from images to a report, and what comes next.

import type { Preflight } from '#contract/preflight.ts';
import { count } from '#domain/figures.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { Dataset } from '../datasets.svelte.ts';
import type { TrainedRun } from '../ranking.ts';

export interface Step {
  readonly title: string;
  /** A count or a state; empty when there is nothing to say. */
  readonly note: string;
  readonly state: 'done' | 'now' | 'later';
}

export type Next = 'import' | 'mark' | 'start' | 'watch' | 'look' | 'review' | 'report';

export interface Way {
  /** Images, Normal, Train, Look, Report. */
  readonly steps: readonly [Step, Step, Step, Step, Step];
  /** undefined while something else has to end first. */
  readonly next: Next | undefined;
}

interface Known {
  /** The one that is worked on; undefined without images. */
  readonly dataset: Dataset | undefined;
  /** undefined until the core has answered. */
  readonly preflight: Preflight | undefined;
  /** Whether an import runs or waits. */
  readonly isImporting: boolean;
  /** Whether a training of the dataset runs or waits. */
  readonly isTraining: boolean;
  /** Whose model ranks the dataset; undefined before there is one. */
  readonly ranking: TrainedRun | undefined;
  /** Whether the ranked images are in view, or their review. */
  readonly inView: 'list' | 'review' | 'other';
}

/** The dataset that is worked on: the wanted one, else the first with normal images or with images to judge. */
export function currentDataset(
  list: readonly Dataset[],
  wanted: string | undefined,
): Dataset | undefined {
  const own = list.filter(({ items, roles }) => items > 0 && roles.outlier !== items);
  const named = own.find(({ name }) => name === wanted);
  return named ?? own.find(({ roles }) => (roles.normal ?? 0) > 0) ?? own[0];
}

export function wayOf(known: Known): Way {
  const { dataset, preflight, isImporting, isTraining, ranking } = known;
  const items = dataset?.items ?? 0;
  const normals = dataset?.roles.normal ?? 0;
  const isEnough = preflight ? preflight.refusal === null : normals >= fewestNormals;
  const hasImages = items > 0;
  const states = [hasImages, isEnough, ranking !== undefined && !isTraining];
  const at = states.indexOf(false);
  const stateOf = (index: number): Step['state'] => {
    if (at < 0) return index < 3 ? 'done' : index === 3 ? 'now' : 'later';
    return index < at ? 'done' : index === at ? 'now' : 'later';
  };
  const imagesNote = isImporting ? 'being imported' : hasImages ? count(items) : 'none yet';
  const marking = normals === 0 ? 'none: choose some' : `${count(normals)}: mark more`;
  const note = isEnough ? count(normals) : marking;
  return {
    steps: [
      { title: 'Images', note: imagesNote, state: stateOf(0) },
      { title: 'Normal', note: hasImages ? note : '', state: stateOf(1) },
      { title: 'Train', note: isTraining ? 'running' : '', state: stateOf(2) },
      { title: 'Look', note: '', state: stateOf(3) },
      { title: 'Report', note: '', state: stateOf(4) },
    ],
    next: nextOf(known, { hasImages, isEnough }),
  };
}

function nextOf(
  { isImporting, isTraining, ranking, inView }: Known,
  { hasImages, isEnough }: { readonly hasImages: boolean; readonly isEnough: boolean },
): Next | undefined {
  if (!hasImages) return isImporting ? undefined : 'import';
  if (!isEnough) return 'mark';
  if (ranking === undefined) return isTraining ? 'watch' : isImporting ? undefined : 'start';
  return inView === 'list' ? 'review' : inView === 'review' ? 'report' : 'look';
}
