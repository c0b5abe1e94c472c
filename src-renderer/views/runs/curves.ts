// The curves of runs as lines of a chart: one line for each run and figure.

import type { Distributions, EpochReport } from '#domain/progress.ts';
import type { ChartColours } from '../../parts/charts/chart-colours.ts';
import type { Line } from '../../parts/charts/line-chart.ts';

export type Point = Pick<EpochReport, 'step' | 'loss' | 'terms' | 'distributions'>;

export interface Curves {
  /** "Run 3"; said when there are two. */
  readonly name: string;
  readonly method: string;
  readonly epochs: readonly EpochReport[];
  /** After the last epoch. */
  readonly steps?: readonly Point[];
  /** The last ones reported, of any epoch. */
  readonly recentSteps?: readonly { readonly distributions: Distributions }[];
}

export function pointsOf({ epochs, steps = [] }: Curves): readonly Point[] {
  return [...epochs, ...steps];
}

/** A line a run; of the second one dashed. Points without a value are left out. */
export function linesOf(
  curves: readonly Curves[],
  name: string,
  colour: keyof ChartColours,
  measure: (point: Point) => number | undefined,
): Line[] {
  return curves.map((own, at) => ({
    name: curves.length > 1 ? `${own.name}: ${name}` : name,
    points: pointsOf(own).flatMap((point) => {
      const y = measure(point);
      return y === undefined ? [] : [{ x: point.step, y }];
    }),
    colour,
    isDashed: at === 1,
  }));
}

/** Where the lines have got to, for those who do not see the chart. */
export function lastOf(lines: readonly Line[]): string {
  return lines
    .map(({ name, points }) => `${name} ${points.at(-1)?.y.toPrecision(3) ?? 'no value yet'}`)
    .join(', ');
}
