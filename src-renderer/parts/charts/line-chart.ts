// Configurations of chart.js: line charts with bands, and what all charts share.

import type { Chart, ChartConfiguration, LegendItem } from 'chart.js';
// For its types only: they extend those of chart.js.
import type {} from 'chartjs-plugin-annotation';
import type { ChartColours } from './chart-colours.ts';

type ColourName = keyof ChartColours;

const dashes = [5, 4];

export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly colour: ColourName;
  /** For the second run, in the same colour. */
  readonly isDashed?: boolean;
}

/** A band of values around a line, drawn behind it. */
export interface Band {
  readonly points: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  readonly colour: ColourName;
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  /** Both axes range from 0 to 1. */
  readonly isParts?: boolean;
  /** The y axis starts at 0. */
  readonly isFromZero?: boolean;
}

export function lineChart(
  colours: ChartColours,
  lines: readonly Line[],
  { isParts = false, isFromZero = false, ...axes }: Axes,
  bands: readonly Band[] = [],
): ChartConfiguration {
  const shared = common(
    colours,
    lines.map((line) => legendEntry(colours, line)),
  );
  const ends = isParts ? { min: 0, max: 1 } : {};
  return {
    type: 'line',
    data: {
      datasets: [
        ...lines.map(({ name, points, colour, isDashed = false }) => ({
          label: name,
          data: points.map(({ x, y }) => ({ x, y })),
          borderColor: colours[colour],
          backgroundColor: colours[colour],
          borderWidth: 1.75,
          borderDash: isDashed ? dashes : [],
          // A single point has no line and is drawn as a dot.
          pointRadius: points.length < 2 ? 3 : 0,
          pointHitRadius: 8,
          // A curve along the edge is not cut off.
          clip: 2,
          // Fractions are drawn exactly, without smoothing.
          tension: isParts ? 0 : 0.15,
        })),
        ...bands.flatMap((band) => bandEdges(colours, band)),
      ],
    },
    options: {
      ...shared,
      plugins: {
        ...shared.plugins,
        tooltip: {
          ...shared.plugins.tooltip,
          filter: ({ dataset }) => dataset.label !== undefined,
        },
      },
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: {
          type: 'linear',
          ...axis(colours, axes.x),
          ...ends,
          ticks: {
            color: colours['text-soft'],
            maxTicksLimit: 7,
            // Steps are whole numbers.
            ...(isParts ? {} : { precision: 0 }),
          },
        },
        y: { beginAtZero: isFromZero, ...axis(colours, axes.y), ...ends },
      },
    },
  };
}

/** The lower edge, and the upper one with the fill between them; both unnamed. */
function bandEdges(colours: ChartColours, { points, colour }: Band) {
  const edge = { borderWidth: 0, pointRadius: 0, tension: 0.15, order: 1 };
  return [
    { ...edge, data: points.map(({ x, low }) => ({ x, y: low })) },
    {
      ...edge,
      data: points.map(({ x, high }) => ({ x, y: high })),
      backgroundColor: `${colours[colour]}38`,
      fill: '-1',
    },
  ];
}

/** Outlines of histograms on a logarithmic axis; each y holds up to the next x. */
export function outlineChart(
  colours: ChartColours,
  outlines: readonly Line[],
  axes: Axes,
): ChartConfiguration {
  const shared = common(
    colours,
    outlines.map((line) => legendEntry(colours, line)),
  );
  return {
    type: 'line',
    data: {
      datasets: outlines.map(({ name, points, colour, isDashed = false }) => ({
        label: name,
        data: points.map(({ x, y }) => ({ x, y })),
        borderColor: colours[colour],
        backgroundColor: `${colours[colour]}40`,
        borderWidth: 1.75,
        borderDash: isDashed ? dashes : [],
        pointRadius: 0,
        stepped: 'before' as const,
        fill: isDashed ? false : 'origin',
      })),
    },
    options: {
      ...shared,
      scales: {
        x: {
          type: 'logarithmic',
          ...axis(colours, axes.x),
          ticks: {
            color: colours['text-soft'],
            autoSkip: false,
            maxRotation: 0,
            callback: (value, _, ticks) =>
              isLabelled(
                Number(value),
                ticks.map((tick) => tick.value),
              )
                ? String(Number(Number(value).toPrecision(3)))
                : '',
          },
        },
        y: { beginAtZero: true, ...axis(colours, axes.y) },
      },
      plugins: { ...shared.plugins, tooltip: { enabled: false } },
    },
  };
}

/** Labels powers of ten; with fewer than two of these, also their multiples by two and five. */
function isLabelled(value: number, all: readonly number[]): boolean {
  const digit = (one: number) => Number(one.toExponential(3).split('e')[0]);
  const isWide = all.filter((one) => digit(one) === 1).length > 1;
  return (isWide ? [1] : [1, 2, 5]).includes(digit(value));
}

/** A vertical line at this x value. */
export function markLine(colours: ChartColours, { at, words }: { at: number; words: string }) {
  return {
    type: 'line' as const,
    xMin: at,
    xMax: at,
    borderColor: colours.text,
    borderWidth: 1.5,
    borderDash: [4, 3],
    label: {
      display: true,
      content: words,
      position: 'end' as const,
      backgroundColor: colours.surface,
      color: colours.text,
      borderColor: colours.line,
      borderWidth: 1,
      font: { size: 11, weight: 'normal' as const },
      padding: 4,
    },
  };
}

function legendEntry(colours: ChartColours, { name, colour, isDashed = false }: Line): LegendItem {
  return {
    text: name,
    pointStyle: 'line',
    strokeStyle: colours[colour],
    lineWidth: 1.75,
    lineDash: isDashed ? dashes : [],
  };
}

/** `legend`: an entry for each of the first datasets; hidden for a single one. */
export function common(colours: ChartColours, legend: readonly LegendItem[]) {
  return {
    animation: false as const,
    responsive: true,
    maintainAspectRatio: false,
    plugins: {
      legend: {
        display: legend.length > 1,
        align: 'start' as const,
        labels: {
          usePointStyle: true,
          pointStyleWidth: legend[0]?.pointStyle === 'line' ? 26 : 12,
          padding: 12,
          generateLabels: (chart: Chart) =>
            legend.map((entry, datasetIndex) => ({
              ...entry,
              datasetIndex,
              fontColor: colours.text,
              hidden: !chart.isDatasetVisible(datasetIndex),
            })),
        },
      },
      tooltip: { intersect: false },
    },
  };
}

export function axis(colours: ChartColours, words: string) {
  return {
    title: { display: true, text: words, color: colours['text-soft'] },
    ticks: { color: colours['text-soft'], maxTicksLimit: 7 },
    grid: { color: colours.line },
    border: { color: colours.line },
  };
}
