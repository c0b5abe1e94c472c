// Scoring on the command line: progress while it runs, and a table of the strangest images.

import type { BatchExamination } from '#contract/batch.ts';
import type { RankedImage, ScoreOutcome } from '#contract/core.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import { count, counted, percent, significant } from '#domain/figures.ts';
import { counting, followJob } from './follow-job.ts';
import { printable } from '#domain/printable.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';
import { table } from './output/table.ts';

export type Engine = EngineName | 'auto';

export async function runScoring(
  client: CoreClient,
  shell: Shell,
  input: { readonly modelId: number; readonly dataset: string; readonly engine: Engine },
): Promise<ScoreOutcome> {
  const { jobId } = await client.call('scores.compute', input);
  return (await followJob(client, jobId, shell, {
    progress: shell.progress('Scoring'),
    advance: counting('images'),
    whenStopped: () => '. The scores so far are kept; run the same command again to continue.',
  })) as ScoreOutcome;
}

/** How many images were scored, and which could not be read. */
export function scoringLines(outcome: ScoreOutcome): readonly string[] {
  const { scored, alreadyScored, failed, warnings, drift, batch } = outcome;
  const before = alreadyScored === 0 ? '' : `; ${count(alreadyScored)} had scores before`;
  const lines = [
    ...warnings.map((text) => `Warning: ${printable(text)}`),
    `Scored ${counted(scored, 'image')}${before}.`,
  ];
  lines.push(...batchLines(batch));
  // Of a foreign batch it says the same again.
  if (drift?.sentence != null && batch?.verdict !== 'foreign')
    lines.push(`Warning: ${printable(drift.sentence)}`);
  if (failed.length === 0) return lines;
  lines.push(`${count(failed.length)} could not be read:`);
  for (const { path, reason } of failed) {
    lines.push(`  ${printable(path)}`, `      ${printable(reason)}`);
  }
  return lines;
}

/** What the examination of the batch says, with the ways out; nothing of a quiet batch. */
export function batchLines(batch: BatchExamination | null): readonly string[] {
  if (batch?.sentence == null) return [];
  const lines = [`Warning: ${printable(batch.sentence)}`];
  if (batch.verdict !== 'foreign') return lines;
  return [
    ...lines,
    'Do not trust the flags below. Train with normal images of this batch, set a line of its own',
    '(normscope batch … --line normals), or rank within the batch alone (--line within).',
  ];
}

/** A table of images, strangest first. */
export function rankedLines(images: readonly RankedImage[]): readonly string[] {
  const hasVerdicts = images.some(({ flagged }) => flagged !== null);
  return table(
    [
      { title: 'rank', align: 'right' },
      { title: 'anomaly score', align: 'right' },
      { title: 'stranger than', align: 'right' },
      ...(hasVerdicts ? [{ title: 'verdict' }] : []),
      { title: 'type' },
      { title: 'image' },
    ],
    images.map((image, i) => [
      String(i + 1),
      significant(image.anomalyScore),
      image.anomalyRank === null ? '' : rankPart(image.anomalyRank),
      ...(hasVerdicts ? [verdict(image.flagged)] : []),
      typeOf(image),
      image.path,
    ]),
  );
}

/** Share of the held-out normals; never rounded up to all of them. */
function rankPart(rank: number): string {
  return `${percent(Math.floor(rank * 1000 + 1e-9) / 1000)} of normals`;
}

function verdict(flagged: boolean | null): string {
  if (flagged === null) return '';
  return flagged ? 'flagged' : 'passed';
}

function typeOf({ role, class: type }: RankedImage): string {
  if (role === 'unlabelled') return type ?? '';
  return type === null ? role : `${type} (${role})`;
}
