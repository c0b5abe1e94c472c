// The measures of an evaluation for parts of its images: groups, and types of anomalies.

import type { GroupEvaluation } from '#contract/core.ts';
import type { TypeEvaluation } from '#contract/evaluation.ts';
import { auroc, type Auroc } from '#domain/metrics/auroc.ts';
import type { RawScores } from '#domain/score.ts';
import type { DatasetItem } from '../datasets/items.ts';

export interface ScoredItem extends DatasetItem {
  readonly raw: RawScores;
}

/** The images of an evaluation and the score that ranks them. */
export interface Measured {
  readonly normals: readonly ScoredItem[];
  readonly anomalies: readonly ScoredItem[];
  readonly name: string;
  /** The threshold, an anomaly score; null without one. */
  readonly limit: number | null;
}

/** Higher is stranger. */
export function anomalyScores(some: readonly ScoredItem[], name: string): number[] {
  return some.flatMap(({ raw: { [name]: raw } }) => (raw === undefined ? [] : [-raw]));
}

/** null without a threshold. */
export function countAbove(
  some: readonly ScoredItem[],
  { name, limit }: Pick<Measured, 'name' | 'limit'>,
): number | null {
  return limit === null ? null : anomalyScores(some, name).filter((score) => score > limit).length;
}

/** By name; images without a group are in none. */
export function groupEvaluations(measured: Measured): GroupEvaluation[] {
  const { normals, anomalies } = measured;
  const groups = new Map<string, { normals: ScoredItem[]; anomalies: ScoredItem[] }>();
  const put = (item: ScoredItem, kind: 'normals' | 'anomalies') => {
    if (item.group === null) return;
    const group = groups.get(item.group) ?? { normals: [], anomalies: [] };
    group[kind].push(item);
    groups.set(item.group, group);
  };
  for (const item of normals) put(item, 'normals');
  for (const item of anomalies) put(item, 'anomalies');
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, own]) => ({
      group,
      counts: { normal: own.normals.length, anomalous: own.anomalies.length },
      flagged: countAbove([...own.normals, ...own.anomalies], measured),
      ...separation(own.normals, own.anomalies, measured.name),
    }));
}

/** By AUROC, the worst first; of equal ones by name. Each type against all normals. */
export function typeEvaluations(measured: Measured): TypeEvaluation[] {
  const types = Map.groupBy(measured.anomalies, (item) => item.class);
  return [...types]
    .map(([type, own]) => ({
      ...{ type, count: own.length, flagged: countAbove(own, measured) },
      ...separation(measured.normals, own, measured.name),
    }))
    .sort((a, b) => (a.auroc ?? 2) - (b.auroc ?? 2) || ((a.type ?? '') < (b.type ?? '') ? -1 : 1));
}

function separation(
  normals: readonly ScoredItem[],
  anomalies: readonly ScoredItem[],
  name: string,
): Auroc | { readonly auroc: null; readonly auroc95: null } {
  const normal = anomalyScores(normals, name);
  const anomalous = anomalyScores(anomalies, name);
  if (normal.length === 0 || anomalous.length === 0) return { auroc: null, auroc95: null };
  return auroc(normal, anomalous);
}
