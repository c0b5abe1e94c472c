// Histogram of the anomaly scores of normal and anomalous images with the threshold, as SVG without
// scripts or styles.

import { counted, significant } from '#domain/figures.ts';
import { html, type Html } from './html.ts';

export interface HistogramInput {
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
  readonly threshold: number | null;
}

const width = 720;
const height = 186;
const floor = 160;
const left = 10;
const right = width - 10;
const binCount = 36;

export function histogram({ normal, anomalous, threshold }: HistogramInput): Html | undefined {
  const scores = [...normal, ...anomalous].sort((a, b) => a - b);
  const axis = axisOf(threshold === null ? scores : [...scores, threshold], median(scores));
  if (!axis) return undefined;
  const normalShares = shares(normal, axis);
  const anomalousShares = shares(anomalous, axis);
  const top = Math.max(...normalShares, ...anomalousShares);
  const words =
    `Histogram of anomaly scores: ${counted(normal.length, 'normal image')} around ` +
    `${significant(median(normal))}, ${counted(anomalous.length, 'anomalous image')} around ` +
    `${significant(median(anomalous))}.`;
  return html`<svg
    class="histogram"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${words}"
  >
    <path class="normal area" d="${outline(normalShares, top)}" />
    <path class="anomalous area" d="${outline(anomalousShares, top)}" />
    <line class="axis" x1="${left}" y1="${floor}" x2="${right}" y2="${floor}" />
    ${threshold === null ? undefined : thresholdMark(left + axis.place(threshold) * (right - left))}
    <text x="${left}" y="172">${significant(axis.low, 3)}</text>
    <text x="${width / 2}" y="182" text-anchor="middle">
      anomaly score${axis.isByFactors ? ', logarithmic' : ''} (stranger to the right)
    </text>
    <text x="${right}" y="172" text-anchor="end">${significant(axis.high, 3)}</text>
  </svg>`;
}

interface Axis {
  readonly low: number;
  readonly high: number;
  /** Equal steps multiply the score. */
  readonly isByFactors: boolean;
  /** 0 at the low end, 1 at the high end. */
  readonly place: (score: number) => number;
}

/** A long tail of positive scores, as distances have, would put all others into one bin. */
const longTail = 5;

/** undefined when all scores are the same. */
function axisOf(scores: readonly number[], middle: number): Axis | undefined {
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  if (!(high > low)) return undefined;
  const isByFactors = low > 0 && high > longTail * middle;
  const scale = isByFactors ? Math.log : (score: number) => score;
  const place = (score: number) => (scale(score) - scale(low)) / (scale(high) - scale(low));
  return { low, high, isByFactors, place };
}

function thresholdMark(x: number): Html {
  const isFarRight = x > width - 80;
  return html`<line class="mark" x1="${x.toFixed(1)}" y1="4" x2="${x.toFixed(1)}" y2="${floor}" />
    <text
      x="${(isFarRight ? x - 6 : x + 6).toFixed(1)}"
      y="14"
      text-anchor="${isFarRight ? 'end' : 'start'}"
    >
      threshold
    </text>`;
}

/** Share of the images in each bin. */
function shares(scores: readonly number[], { place }: Axis): number[] {
  const bins = new Array<number>(binCount).fill(0);
  for (const score of scores) {
    bins[Math.min(binCount - 1, Math.floor(place(score) * binCount))]! += 1 / scores.length;
  }
  return bins;
}

/** A closed outline in steps. */
function outline(bins: readonly number[], top: number): string {
  const step = (right - left) / binCount;
  const points = bins.map((share, i) => {
    const y = (floor - (share / top) * (floor - 24)).toFixed(1);
    return `V${y}H${(left + (i + 1) * step).toFixed(1)}`;
  });
  return `M${left} ${floor}${points.join('')}V${floor}Z`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}
