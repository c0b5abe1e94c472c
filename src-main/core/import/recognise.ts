// Recognises the folder layout of an import: one folder per class, train and test folders, and the layout
// of the MVTec anomaly sets (train/good, test/good, test/<defect>).

import type { Role, Split } from '#contract/core.ts';

/** The attributes that an image's folder gives; null where it gives none. */
export interface Placement {
  readonly role: Role | null;
  readonly class: string | null;
  readonly split: Split | null;
  /** Not an image of the specimen but a mask that belongs to one. */
  readonly isMask: boolean;
}

export interface Layout {
  /** A text for the user: "class folders"; null when no layout was recognised. */
  readonly words: string | null;
  /** The splits that the folders name. */
  readonly splits: ReadonlySet<Split>;
  /** folder: below the root, with "/" between folders; "" is the root. */
  place(folder: string): Placement;
}

const splitWords: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  calibrate: 'calibrate',
  calibration: 'calibrate',
  val: 'calibrate',
  valid: 'calibrate',
  validation: 'calibrate',
};

const nothing: Placement = { role: null, class: null, split: null, isMask: false };

/**
 * folders: those that hold files, below the root. isPacked: an archive, whose outermost folder, if
 * it has only one, is its own name and no class.
 */
export function recogniseLayout(folders: Iterable<string>, isPacked = false): Layout {
  const all = [...folders].map(partsOf);
  const first = all[0]?.[0];
  const wrapped = isPacked && first !== undefined && all.every((parts) => parts[0] === first);
  const wrapper = wrapped && splitOf(first) === undefined ? 1 : 0;
  const relevant = all.map((parts) => parts.slice(wrapper));
  const anomalySets = new Set(relevant.flatMap(anomalySetRoot));
  const splits = relevant.flatMap((parts) => parts.map(splitOf)).filter((s) => s !== undefined);
  return {
    words: layoutWords(anomalySets.size > 0, splits.length > 0, relevant),
    splits: new Set(splits),
    place: (folder) => placeFolder(partsOf(folder).slice(wrapper), anomalySets),
  };
}

function partsOf(folder: string): string[] {
  return folder.split('/').filter((part) => part !== '');
}

function splitOf(part: string): Split | undefined {
  const word = part.toLowerCase();
  return Object.hasOwn(splitWords, word) ? splitWords[word] : undefined;
}

/** The folder above `train/good`: the root of one MVTec-style set. */
function anomalySetRoot(parts: readonly string[]): string[] {
  const at = parts.findIndex((part, i) => splitOf(part) === 'train' && parts[i + 1] === 'good');
  return at < 0 ? [] : [parts.slice(0, at).join('/')];
}

function layoutWords(isAnomalySet: boolean, hasSplits: boolean, folders: readonly string[][]) {
  if (isAnomalySet) return 'MVTec-style folders';
  if (hasSplits) return 'folders for train and test';
  return folders.some((parts) => parts.length > 0) ? 'class folders' : null;
}

function placeFolder(parts: readonly string[], anomalySets: ReadonlySet<string>): Placement {
  const at = parts.findIndex((part) => splitOf(part) !== undefined);
  if (at < 0) {
    const mask = parts.findIndex((part) => part.toLowerCase() === 'ground_truth');
    if (mask >= 0 && anomalySets.has(parts.slice(0, mask).join('/'))) {
      return { ...nothing, isMask: true };
    }
    return { ...nothing, class: parts.at(-1) ?? null };
  }
  const split = splitOf(parts[at]!) ?? null;
  const name = parts[at + 1] ?? null;
  if (!anomalySets.has(parts.slice(0, at).join('/'))) return { ...nothing, class: name, split };
  // Defects among the training images are not normal.
  const role = name === null ? null : name === 'good' ? 'normal' : 'anomaly';
  return { ...nothing, role, class: name, split };
}
