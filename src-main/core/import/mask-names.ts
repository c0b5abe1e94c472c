// Masks and label images among the files of a folder, recognised by their names and by the names beside them.

import { isImageName } from '../formats/kind.ts';

/** Files that may be masks by their content: each has a twin, the image that it would belong to. */
export interface Suspects {
  /** All files of the group, which are masks together or not at all. */
  readonly names: readonly string[];
  /** A few of them with the images that they may belong to. */
  readonly pairs: readonly { readonly name: string; readonly twins: readonly string[] }[];
}

/** At the end or the beginning of a name these say "mask" whatever is beside it. */
const strong =
  '(?:cp[_-]?masks?|masks?|msk|ground[_-]?truth|segmentations?|annotations?|label[_-]?(?:image|map)s?)';
/** These also mean other things, so that an image of the same name has to be there. */
const weak =
  '(?:labels?|lbls?|segs?|gt|annot|outlines?|contours?|rois?|truth|binary|bw|pred|predictions?)';
const number = '(?:[_-]?\\d{1,3})?';
const strongAtEnd = new RegExp(`^(.*?)[_ .-]+${strong}${number}$`, 'i');
const strongAtStart = new RegExp(`^${strong}[_ .-]+(.+)$`, 'i');
const weakAtEnd = new RegExp(`^(.*?)[_ .-]+${weak}${number}$`, 'i');
const weakAtStart = new RegExp(`^${weak}[_ .-]+(.+)$`, 'i');
/** "face_without_mask" shows a face. */
const denied = /(^|[_ .-])(no|non|without|with)$/i;

const mostGroups = 64;
const pairsLooked = 4;
const twinsLooked = 3;

/** names: below the root, with "/" between folders, images or not. */
export function masksByName(names: readonly string[]): Set<string> {
  const masks = new Set<string>();
  const unsure: { readonly name: string; readonly base: string }[] = [];
  for (const name of names) {
    const { stem } = partsOf(name);
    const base = (strongAtEnd.exec(stem) ?? strongAtStart.exec(stem))?.[1];
    if (base !== undefined && !denied.test(base)) masks.add(name);
    else if (base === undefined) {
      const weakBase = (weakAtEnd.exec(stem) ?? weakAtStart.exec(stem))?.[1];
      if (weakBase !== undefined) unsure.push({ name, base: weakBase.toLowerCase() });
    }
  }
  if (unsure.length === 0) return masks;
  const unsureNames = new Set(unsure.map(({ name }) => name));
  const edges = new Set<string>();
  for (const name of names) {
    if (masks.has(name) || unsureNames.has(name) || !isImageName(name)) continue;
    for (const edge of edgesOf(partsOf(name).stem.toLowerCase())) edges.add(edge);
  }
  for (const { name, base } of unsure) if (edges.has(base)) masks.add(name);
  return masks;
}

/** What a name begins and ends with at its separators: "img_01_w1" with "img", "img_01", "01_w1", "w1". */
function edgesOf(stem: string): string[] {
  const edges = [stem];
  for (const { index, 0: gap } of stem.matchAll(/[_ .-]+/g)) {
    edges.push(stem.slice(0, index), stem.slice(index + gap.length));
  }
  return edges;
}

/**
 * Groups of files that have an image of the same name in another folder or of another ending, or the name
 * of an image beside them with something added. Whether they are masks, their content says.
 */
export function suspectsIn(names: readonly string[], masks: ReadonlySet<string>): Suspects[] {
  const images = names.filter((name) => !masks.has(name) && isImageName(name));
  const byStem = new Map<string, string[]>();
  const inFolder = new Map<string, string>();
  for (const name of images) {
    const { folder, stem } = partsOf(name);
    byStem.set(stem, [...(byStem.get(stem) ?? []), name]);
    inFolder.set(`${folder}/${stem}`, name);
  }
  const groups = new Map<string, { names: string[]; pairs: { name: string; twins: string[] }[] }>();
  for (const name of images) {
    const { folder, stem, ending } = partsOf(name);
    const longer = addedTo(folder, stem, inFolder);
    const equal = byStem.get(stem)!.filter((other) => other !== name);
    const twins = (longer === undefined ? equal : [longer.twin, ...equal]).slice(0, twinsLooked);
    const key = `${folder}/*${longer?.added ?? ''}${ending}`;
    const group = groups.get(key) ?? { names: [], pairs: [] };
    groups.set(key, group);
    group.names.push(name);
    if (twins.length > 0) group.pairs.push({ name, twins });
  }
  return [...groups.values()]
    .filter(({ names: all, pairs }) => pairs.length > 0 && 2 * pairs.length >= all.length)
    .slice(0, mostGroups)
    .map(({ names: all, pairs }) => {
      const step = Math.max(1, Math.floor(pairs.length / pairsLooked));
      const looked = pairs.filter((_, at) => at % step === 0).slice(0, pairsLooked);
      return { names: all, pairs: looked };
    });
}

/** The image in the folder whose name this one continues at a separator, and with what. */
function addedTo(folder: string, stem: string, inFolder: ReadonlyMap<string, string>) {
  for (const { index } of [...stem.matchAll(/[_ .-]+/g)].reverse()) {
    const twin = inFolder.get(`${folder}/${stem.slice(0, index)}`);
    // Numbers make a series, in which each name is alike.
    if (twin !== undefined) return { twin, added: stem.slice(index).replace(/\d+/g, '#') };
  }
  return undefined;
}

function partsOf(name: string): { folder: string; stem: string; ending: string } {
  const slash = name.lastIndexOf('/');
  const file = name.slice(slash + 1);
  const [ending = ''] = /(\.ome)?\.[^.]*$/i.exec(file) ?? [];
  return {
    folder: name.slice(0, Math.max(0, slash)),
    stem: file.slice(0, file.length - ending.length),
    ending: ending.toLowerCase(),
  };
}
