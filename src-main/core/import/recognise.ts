// Recognises the folder layout of an import: one folder per class, folders named after roles, train and
// test folders, and the layout of the MVTec anomaly sets (train/good, test/good, test/<defect>).

import type { Role, Split } from '#contract/core.ts';
import { roleOfName, splitMeaning, type RoleMeaning } from '#domain/words/role-words.ts';

/** The attributes that an image's folder gives; null where it gives none. */
export interface Placement {
  readonly role: Role | null;
  /** The folder whose name gives the role; null without a role. */
  readonly roleFrom: string | null;
  readonly class: string | null;
  readonly split: Split | null;
  /** Not an image of the specimen but a mask that belongs to one. */
  readonly isMask: boolean;
}

export interface Layout {
  /** A text for the user: "class folders"; null when no layout was recognised. */
  readonly words: string | null;
  /** Whether it is that of the MVTec sets, whose roles are known. */
  readonly isAnomalySet: boolean;
  /** The splits that the folders name. */
  readonly splits: ReadonlySet<Split>;
  /** folder: below the root, with "/" between folders; "" is the root. */
  place(folder: string): Placement;
}

const nothing: Placement = { role: null, roleFrom: null, class: null, split: null, isMask: false };

export interface LayoutOptions {
  /** An archive, whose outermost folder, if it has only one, is its own name and no class. */
  readonly isPacked?: boolean;
  /** The name of the folder that was given: "normal" says what all of it is. */
  readonly rootName?: string;
  /** Whether folders of masks are folders like others. */
  readonly takesMasks?: boolean;
}

/** folders: those that hold files, below the root. */
export function recogniseLayout(
  folders: Iterable<string>,
  { isPacked = false, rootName = '', takesMasks = false }: LayoutOptions = {},
): Layout {
  const all = [...folders].map(partsOf);
  const first = all[0]?.[0];
  const wrapped = isPacked && first !== undefined && all.every((parts) => parts[0] === first);
  const wrapper = wrapped && splitOf(first) === undefined ? 1 : 0;
  const relevant = all.map((parts) => parts.slice(wrapper));
  const anomalySets = new Set(relevant.flatMap(anomalySetRoot));
  const splits = relevant.flatMap((parts) => parts.map(splitOf)).filter((s) => s !== undefined);
  const isAnomalySet = anomalySets.size > 0;
  const outer = wrapper === 1 ? first! : rootName;
  return {
    words: layoutWords(isAnomalySet, splits.length > 0, relevant),
    isAnomalySet,
    splits: new Set(splits),
    place: (folder) => {
      const parts = partsOf(folder).slice(wrapper);
      if (!takesMasks && parts.some(isMaskFolder)) return { ...nothing, isMask: true };
      return placeFolder(parts, anomalySets, outer);
    },
  };
}

function partsOf(folder: string): string[] {
  return folder.split('/').filter((part) => part !== '');
}

/** A folder called "none" or "unused" names a class, no side. */
function splitOf(part: string): Split | undefined {
  const split = splitMeaning(part);
  return split === 'none' ? undefined : split;
}

/** Also "train_masks" and "masks_raw"; "with_mask" and "without_mask" are classes of faces. */
function isMaskFolder(part: string): boolean {
  if (roleOfName(part) === 'mask') return true;
  return (
    /(^|[_ .-])(masks|mask_images|ground_?truth|annotations|segmentations?)([_ .-]|$)/i.test(
      part,
    ) && !/(^|[_ .-])(no|non|with|without)([_ .-]|$)/i.test(part)
  );
}

/** The folder above `train/good`: the root of one MVTec-style set. */
function anomalySetRoot(parts: readonly string[]): string[] {
  const at = parts.findIndex(
    (part, i) => splitOf(part) === 'train' && roleOfName(parts[i + 1] ?? '') === 'normal',
  );
  return at < 0 ? [] : [parts.slice(0, at).join('/')];
}

function layoutWords(isAnomalySet: boolean, hasSplits: boolean, folders: readonly string[][]) {
  if (isAnomalySet) return 'MVTec-style folders';
  if (hasSplits) return 'folders for train and test';
  return folders.some((parts) => parts.length > 0) ? 'class folders' : null;
}

/** outer: the name of the root, which counts where no folder below it says anything. */
function placeFolder(
  parts: readonly string[],
  anomalySets: ReadonlySet<string>,
  outer: string,
): Placement {
  const at = parts.findIndex((part) => splitOf(part) !== undefined);
  const named = namedRole(parts) ?? namedRole([outer]);
  const said = { ...nothing, role: named?.role ?? null, roleFrom: named?.folder ?? null };
  if (at < 0) return { ...said, class: parts.at(-1) ?? named?.folder ?? null };
  const split = splitOf(parts[at]!) ?? null;
  const name = parts[at + 1] ?? null;
  if (!anomalySets.has(parts.slice(0, at).join('/'))) {
    return { ...said, class: name ?? named?.folder ?? null, split };
  }
  if (name === null) return { ...nothing, split };
  // Defects among the training images are not normal.
  const role = roleOf(roleOfName(name)) ?? 'anomaly';
  return { ...nothing, role, roleFrom: name, class: name, split };
}

/** The innermost folder whose name says a role. */
function namedRole(parts: readonly string[]): { role: Role; folder: string } | undefined {
  for (const folder of [...parts].reverse()) {
    const role = roleOf(roleOfName(folder));
    if (role !== undefined) return { role, folder };
  }
  return undefined;
}

function roleOf(meaning: RoleMeaning | undefined): Role | undefined {
  return meaning === 'mask' ? undefined : meaning;
}
