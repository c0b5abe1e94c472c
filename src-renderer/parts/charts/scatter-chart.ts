// The configuration of a scatter chart of groups of points, which differ in colour and in shape.

import type { ChartConfiguration, PointStyle } from 'chart.js';
import type { ChartColours } from './chart-colours.ts';

const colourNames = [
  'normal',
  'anomaly',
  'other-1',
  'outlier',
  'unsure',
  'other-2',
  'unlabelled',
] as const;
const shapes: readonly PointStyle[] = [
  'circle',
  'triangle',
  'rect',
  'star',
  'rectRot',
  'crossRot',
  'cross',
];

/** `at`: place of the group, from 0. Beyond the seventh, colours meet other shapes. */
export function groupLook(at: number): {
  readonly colour: (typeof colourNames)[number];
  readonly shape: PointStyle;
} {
  const round = Math.floor(at / colourNames.length);
  return {
    colour: colourNames[at % colourNames.length]!,
    shape: shapes[(at + 2 * round) % shapes.length]!,
  };
}

export interface PointGroup {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Behind the others, in a pale colour. */
  readonly isFaint: boolean;
}

export function scatterChart(
  colours: ChartColours,
  groups: readonly PointGroup[],
  axes: { readonly x: string; readonly y: string },
): ChartConfiguration {
  return {
    type: 'scatter',
    data: {
      datasets: groups.map(({ name, points, isFaint }, at) => {
        const { colour, shape } = groupLook(at);
        return {
          label: name,
          data: points.map(({ x, y }) => ({ x, y })),
          pointStyle: shape,
          pointRadius: 4,
          borderColor: `${colours[colour]}${isFaint ? '30' : ''}`,
          backgroundColor: `${colours[colour]}${isFaint ? '18' : '90'}`,
          borderWidth: 1.25,
          order: isFaint ? 1 : 0,
        };
      }),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      plugins: {
        legend: {
          align: 'start',
          labels: {
            ...{ usePointStyle: true, color: colours.text, padding: 12 },
            sort: (a, b) => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0),
          },
        },
        tooltip: { enabled: false },
      },
      scales: {
        x: axis(colours, axes.x),
        y: axis(colours, axes.y),
      },
    },
  };
}

function axis(colours: ChartColours, words: string) {
  return {
    title: { display: true, text: words, color: colours['text-soft'] },
    ticks: { color: colours['text-soft'], maxTicksLimit: 7 },
    grid: { color: colours.line },
    border: { color: colours.line },
  };
}
