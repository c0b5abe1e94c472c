// An evaluation in words and tables.

import type { Evaluation, Floor } from '#contract/core.ts';
import { count, part } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { table, type Column } from './table.ts';
import { thresholdLine } from './training.ts';

const measures: readonly Column[] = [
  { title: 'score' },
  { title: 'AUROC', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: 'AUPR', align: 'right' },
  { title: 'FPR95', align: 'right' },
];

/** floor: the untrained detector's, for a row of its own. */
export function evaluationLines(evaluation: Evaluation, floor?: Floor): readonly string[] {
  const { model, dataset, counts, scores, rankBy, threshold, flagged } = evaluation;
  const rows = Object.entries(scores).map(([name, { auroc, auroc95, aupr, fpr95 }]) => [
    name === rankBy ? `${name} *` : name,
    ...[part(auroc), interval(auroc95), part(aupr), part(fpr95)],
  ]);
  if (floor) rows.push(['untrained floor', part(floor.auroc), interval(floor.auroc95)]);
  const lines = [
    `Model ${model} on "${printable(dataset)}": ${count(counts.normal)} normal and ` +
      `${count(counts.anomalous)} anomalous images that it has not seen`,
    '',
    ...table(measures, rows),
    `* ranks the images and sets the threshold`,
  ];
  if (threshold) lines.push('', thresholdLine(threshold));
  if (flagged) {
    lines.push(
      `Flagged: ${count(flagged.anomalous)} of ${count(counts.anomalous)} anomalous images, ` +
        `${count(flagged.normal)} of ${count(counts.normal)} normal images.`,
    );
  }
  return [...lines, ...groupLines(evaluation)];
}

function groupLines({ groups }: Evaluation): readonly string[] {
  if (groups.length === 0) return [];
  const columns: readonly Column[] = [
    { title: 'group' },
    { title: 'normal', align: 'right' },
    { title: 'anomalous', align: 'right' },
    { title: 'flagged', align: 'right' },
    { title: 'AUROC', align: 'right' },
    { title: '95 % interval' },
  ];
  const rows = groups.map(({ group, counts, flagged, auroc, auroc95 }) => [
    ...[group, count(counts.normal), count(counts.anomalous)],
    ...[flagged === null ? '' : count(flagged), auroc === null ? '' : part(auroc)],
    auroc95 === null ? '' : interval(auroc95),
  ]);
  return ['', ...table(columns, rows)];
}

function interval([low, high]: readonly [number, number]): string {
  return `${part(low)}-${part(high)}`;
}
