// Configuration of chart.js for histograms that lie over each other, each as a part of its own kind.

import type { ChartConfiguration } from 'chart.js';
import type { ChartColours } from './chart-colours.ts';
import { placeOf, valueAt } from './histogram-scale.ts';
import { axis, common, markLine, type Axes } from './line-chart.ts';

export interface Outline {
  readonly name: string;
  readonly counts: readonly number[];
  readonly colour: keyof ChartColours;
}

/** So that what lies behind shows; in hexadecimal. */
const fillOpacity = '38';

/**
 * `edges`: rising, one more than counts; the axis counts bins, so that they are equally wide. `mark`: a
 * labelled line at this value.
 */
export function histogramChart(
  colours: ChartColours,
  edges: readonly number[],
  outlines: readonly Outline[],
  axes: Axes,
  {
    mark,
    words,
  }: {
    mark: { readonly at: number; readonly words: string } | null;
    words: (value: number) => string;
  },
): ChartConfiguration {
  const shared = common(
    colours,
    outlines.map(({ name, colour }) => ({
      text: name,
      pointStyle: 'rect',
      fillStyle: colours[colour] + fillOpacity,
      strokeStyle: colours[colour],
      lineWidth: 1.5,
    })),
  );
  return {
    type: 'line',
    data: {
      datasets: outlines.map(({ name, counts, colour }) => ({
        label: name,
        data: steps(counts),
        stepped: 'before' as const,
        fill: 'origin',
        borderColor: colours[colour],
        backgroundColor: colours[colour] + fillOpacity,
        borderWidth: 1.5,
        pointRadius: 0,
      })),
    },
    options: {
      ...shared,
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: edges.length - 1,
          ...axis(colours, axes.x),
          ticks: {
            color: colours['text-soft'],
            maxTicksLimit: 9,
            callback: (place) => words(valueAt(edges, Number(place))),
          },
        },
        y: { beginAtZero: true, ...axis(colours, axes.y) },
      },
      plugins: {
        ...shared.plugins,
        // Also for a single series: nothing else names it.
        legend: { ...shared.plugins.legend, display: true },
        annotation: {
          annotations: mark
            ? { mark: markLine(colours, { ...mark, at: placeOf(edges, mark.at) }) }
            : {},
        },
      },
    },
  };
}

/** Each bin ends at the place after it. */
function steps(counts: readonly number[]): { x: number; y: number }[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number) => (all === 0 ? 0 : (100 * count) / all);
  return [{ x: 0, y: 0 }, ...counts.map((count, bin) => ({ x: bin + 1, y: share(count) }))];
}
