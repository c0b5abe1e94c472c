// Figures of the study: one AUROC for each score, task and seed; means over tasks with their spread over
// seeds, as tables.

import { auroc } from '#domain/metrics/auroc.ts';
import { meanOf } from './read-outs.ts';
import type { Split } from './splits.ts';

/** The images of a split that are scored, and what each is. */
export interface Asked {
  readonly indices: readonly number[];
  /** AUROC of anomaly scores in the order of `indices`. */
  readonly figures: (scores: readonly number[]) => {
    readonly valid: number;
    readonly test: number;
  };
}

export function askedOf(split: Split): Asked {
  const parts = [split.validNormals, split.validAnomalies, split.testNormals, split.testAnomalies];
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
  const [a, b, c] = ends as [number, number, number, number];
  return {
    indices: parts.flat(),
    figures: (scores) => ({
      valid: auroc(scores.slice(0, a), scores.slice(a, b)).auroc,
      test: auroc(scores.slice(b, c), scores.slice(c)).auroc,
    }),
  };
}

export interface StudyFigure {
  readonly set: string;
  /** What is normal. */
  readonly normal: string;
  readonly seed: number;
  /** Network and read-out. */
  readonly method: string;
  /** The stage, or how stages are joined. */
  readonly score: string;
  readonly valid: number;
  readonly test: number;
}

export interface Summary {
  readonly mean: number;
  /** Standard deviation over seeds of the mean over tasks. */
  readonly spread: number;
}

export function summaryOf(
  figures: readonly Pick<StudyFigure, 'seed' | 'valid' | 'test'>[],
  part: 'valid' | 'test',
): Summary {
  const seeds = [...new Set(figures.map(({ seed }) => seed))];
  const means = seeds.map((seed) =>
    meanOf(figures.filter((figure) => figure.seed === seed).map((figure) => figure[part])),
  );
  const mean = meanOf(means);
  const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: means.length > 1 ? Math.sqrt(squares / (means.length - 1)) : 0 };
}

/**
 * A table in Markdown: a row for each method, a column for each score, both in the order in which they
 * first occur; a cell is mean ± spread of the part.
 */
export function tableOf(figures: readonly StudyFigure[], part: 'valid' | 'test'): string[] {
  const rows = [...new Set(figures.map(({ method }) => method))];
  const columns = [...new Set(figures.map(({ score }) => score))];
  const cell = (row: string, column: string): string => {
    const own = figures.filter(({ method, score }) => method === row && score === column);
    if (own.length === 0) return '–';
    const { mean, spread } = summaryOf(own, part);
    return `${mean.toFixed(3)} ± ${spread.toFixed(3)}`;
  };
  return [
    `| ${part} | ${columns.join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...rows.map((row) => `| ${row} | ${columns.map((name) => cell(row, name)).join(' | ')} |`),
  ];
}
