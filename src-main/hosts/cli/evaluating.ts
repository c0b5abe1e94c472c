// Prints an evaluation as text and tables.

import type { Baseline, Evaluation } from '#contract/core.ts';
import type { Lineage } from '#contract/evaluation.ts';
import { count, effortLines, part } from '#domain/figures.ts';
import { localTime } from '#domain/local-time.ts';
import { printable } from '#domain/printable.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';
import { table, type Column } from './output/table.ts';
import { thresholdLine } from './training.ts';

const measures: readonly Column[] = [
  { title: 'score' },
  { title: 'AUROC', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: 'AUPR', align: 'right' },
  { title: 'FPR95', align: 'right' },
];

/** The result of the baseline without training, for a separate row. */
export interface NamedBaseline extends Baseline {
  readonly name: string;
}

interface BaselineRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly backbone?: string;
  readonly weights?: 'random';
}

/** The baselines that need nothing but the model: thumbnails, and its network with random weights. */
export async function ownBaselines(
  client: CoreClient,
  shell: Shell,
  asked: Pick<BaselineRequest, 'modelId' | 'dataset'>,
): Promise<readonly NamedBaseline[]> {
  const thumbnails = await measureBaseline(client, shell, asked);
  const random = await measureBaseline(client, shell, { ...asked, weights: 'random' });
  return [
    { name: 'thumbnails', ...thumbnails },
    { name: 'random weights', ...random },
  ];
}

/** On thumbnails; with random weights; with `backbone`, on its features. */
export async function measureBaseline(
  client: CoreClient,
  shell: Shell,
  asked: BaselineRequest,
): Promise<Baseline> {
  const stop = new AbortController();
  const progress = shell.progress('Comparing');
  const details = [
    asked.backbone !== undefined
      ? `with the features of ${printable(asked.backbone)}`
      : asked.weights === 'random'
        ? 'with random weights'
        : 'with thumbnails',
  ];
  progress.update({ done: 0, total: null, unit: 'images', details });
  try {
    const asking = client.call('scores.baseline', asked, stop.signal);
    return await shell.interrupts.during(() => stop.abort(), asking);
  } finally {
    progress.end();
  }
}

export function evaluationLines(
  evaluation: Evaluation,
  baselines: readonly NamedBaseline[] = [],
): readonly string[] {
  const { model, dataset, counts, scores, rankBy, threshold, flagged } = evaluation;
  const rows = Object.entries(scores).map(([name, { auroc, auroc95, aupr, fpr95 }]) => [
    name === rankBy ? `${name} *` : name,
    ...[part(auroc), interval(auroc95), part(aupr), part(fpr95)],
  ]);
  for (const { name, auroc, auroc95 } of baselines) {
    rows.push([printable(name), part(auroc), interval(auroc95)]);
  }
  const lines = [
    `Model ${model} on "${printable(dataset)}": ${count(counts.normal)} normal and ` +
      `${count(counts.anomalous)} anomalous images that it has not seen`,
    ...evaluation.warnings.map(printable),
    '',
    ...table(measures, rows),
    `* ranks the images and sets the threshold`,
    '',
    ...effortLines(evaluation.effort, counts.normal),
  ];
  if (threshold) lines.push('', thresholdLine(threshold));
  if (flagged) {
    lines.push(
      `Flagged: ${count(flagged.anomalous)} of ${count(counts.anomalous)} anomalous images, ` +
        `${count(flagged.normal)} of ${count(counts.normal)} normal images.`,
    );
  }
  return [
    ...lines,
    ...typeLines(evaluation),
    ...groupLines(evaluation),
    '',
    lineageLine(evaluation.lineage),
  ];
}

/** A single type is all anomalies, which the first table measures. */
function typeLines({ types }: Evaluation): readonly string[] {
  if (types.length < 2) return [];
  const columns: readonly Column[] = [
    { title: 'per type' },
    { title: 'anomalous', align: 'right' },
    { title: 'flagged', align: 'right' },
    { title: 'AUROC', align: 'right' },
    { title: '95 % interval' },
  ];
  const rows = types.map(({ type, count: many, flagged, auroc, auroc95 }) => [
    ...[type ?? '(no type)', count(many), flagged === null ? '' : count(flagged)],
    ...[auroc === null ? '' : part(auroc), auroc95 === null ? '' : interval(auroc95)],
  ]);
  return ['', ...table(columns, rows)];
}

function lineageLine(lineage: Lineage): string {
  const { model, run, trainedOn, snapshot, codeVersion, dataset, scoredAt } = lineage;
  const scored = scoredAt === null ? '' : `, scored ${localTime(new Date(scoredAt)).slice(0, 16)}`;
  return (
    `From model ${model} of run ${run}, trained on "${printable(trainedOn)}" (snapshot ` +
    `${snapshot.slice(0, 12)}) by Normscope ${codeVersion}; images of "${printable(dataset)}"${scored}.`
  );
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
