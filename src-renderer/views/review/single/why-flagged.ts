// Why a model ranks an image where it does, in a sentence or two.

import type { HeatMap } from '#contract/maps/heat-map.ts';
import { count, significant } from '#domain/figures.ts';

interface Ranked {
  /** Higher is stranger. */
  readonly anomalyScore: number;
  /** Share of the held-out normals that are less strange; null without any. */
  readonly anomalyRank: number | null;
}

/** `threshold`: null without one; `map`: undefined while there is none. */
export function whyFlagged(
  image: Ranked,
  threshold: number | null,
  map: HeatMap | undefined,
): string {
  const parts = [rankWords(image), lineWords(image, threshold)].filter((words) => words !== '');
  const first = parts.join(', ');
  const sentence = first === '' ? '' : `${first[0]!.toUpperCase()}${first.slice(1)}.`;
  return [sentence, map === undefined ? '' : partWords(map)]
    .filter((words) => words !== '')
    .join(' ');
}

function rankWords({ anomalyRank }: Ranked): string {
  if (anomalyRank === null) return '';
  if (anomalyRank >= 1) return 'stranger than every held-out normal';
  if (anomalyRank <= 0) return 'no stranger than any held-out normal';
  return `stranger than ${Math.floor(100 * anomalyRank)}\u00a0% of the held-out normals`;
}

/** A ratio needs two numbers above zero. */
function lineWords({ anomalyScore }: Ranked, threshold: number | null): string {
  if (threshold === null) return '';
  if (threshold <= 0 || anomalyScore <= 0) {
    return anomalyScore > threshold ? 'above the line' : 'below the line';
  }
  const times = anomalyScore / threshold;
  if (times >= 10) return `${count(Math.round(times))}\u00a0× the line`;
  if (times > 1) return `${significant(times, 2)}\u00a0× the line`;
  return times === 1 ? 'on the line' : `below the line (${significant(times, 2)}\u00a0× of it)`;
}

const rows = ['upper', 'middle', 'lower'] as const;
const columns = ['left', 'centre', 'right'] as const;

/** Where the heat map has its largest value, by thirds of the image. */
function partWords(map: HeatMap): string {
  const most = Math.max(...map.values);
  if (most < 1) return 'No part is stranger than 1 in 1,000 parts of normal images.';
  const at = map.values.indexOf(most);
  const { left, top, side } = map.square;
  const x = (left + (side * ((at % map.columns) + 0.5)) / map.columns) / map.width;
  const y = (top + (side * (Math.floor(at / map.columns) + 0.5)) / map.rows) / map.height;
  const row = rows[third(y)]!;
  const column = columns[third(x)]!;
  const place =
    row === 'middle' ? (column === 'centre' ? 'the centre' : column) : `${row} ${column}`;
  return `Strangest part: ${place}.`;
}

function third(part: number): number {
  return Math.min(2, Math.max(0, Math.floor(3 * part)));
}
