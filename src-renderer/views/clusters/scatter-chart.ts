// The configuration of the scatter of a cluster map. Clusters differ in colour and in shape.

import type { ChartConfiguration, PointStyle } from 'chart.js';
import type { ClusterMap } from '#contract/clusters.ts';
import type { ChartColours } from '../../parts/charts/chart-colours.ts';

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

/** `cluster`: from 1. Beyond the seventh, colours meet other shapes. */
export function lookOf(cluster: number): {
  readonly colour: (typeof colourNames)[number];
  readonly shape: PointStyle;
} {
  const at = cluster - 1;
  const round = Math.floor(at / colourNames.length);
  return {
    colour: colourNames[at % colourNames.length]!,
    shape: shapes[(at + 2 * round) % shapes.length]!,
  };
}

/** `chosen`: the cluster that stands out; all where undefined. */
export function scatterChart(
  colours: ChartColours,
  { clusters, images }: ClusterMap,
  chosen: number | undefined,
): ChartConfiguration {
  return {
    type: 'scatter',
    data: {
      datasets: clusters.map(({ cluster }) => {
        const { colour, shape } = lookOf(cluster);
        const isFaint = chosen !== undefined && chosen !== cluster;
        return {
          label: `Cluster ${cluster}`,
          data: images.flatMap((one) => (one.cluster === cluster ? { x: one.x, y: one.y } : [])),
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
          labels: { usePointStyle: true, color: colours.text, padding: 12 },
        },
        tooltip: { enabled: false },
      },
      scales: {
        x: axis(colours, 'first principal axis (standard deviations)'),
        y: axis(colours, 'second principal axis'),
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
