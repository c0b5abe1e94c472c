// Progress and tables of a comparison of methods on the command line.

import { controlName, type MethodComparison } from '#contract/comparison.ts';
import { counted, part, significant } from '#domain/figures.ts';
import { Failure } from '#domain/failure.ts';
import { findCard, scoreTitle } from '#domain/methods/methods.ts';
import { significance } from '#domain/metrics/auroc-ranking.ts';
import { printable } from '#domain/printable.ts';
import { table, type Column } from './output/table.ts';
import { isAlive, type CoreClient } from './project.ts';
import type { Shell } from './shell.ts';

/** Between two looks at the progress, milliseconds. */
const lookMs = 500;

/**
 * Starts a comparison with `start`, or resumes one, and resolves with it when it is finished. The interrupt key
 * stops it. Throws `stopped` with the command that resumes it, and its failure.
 */
export async function followComparison(
  client: CoreClient,
  shell: Shell,
  project: string,
  start: (stop: AbortSignal) => Promise<{ readonly id: number }>,
): Promise<MethodComparison> {
  const stop = new AbortController();
  const progress = shell.progress('Comparing methods');
  try {
    progress.update({
      done: 0,
      total: null,
      unit: '',
      details: ['checking and timing the methods'],
    });
    const { id } = await shell.interrupts.during(() => stop.abort(), start(stop.signal));
    shell.note(`Comparison ${id}`);
    const cancel = () => {
      progress.say('Stopping. Press Ctrl+C again to end at once.');
      client.call('comparisons.cancel', { id }).catch(() => undefined);
    };
    const look = async (): Promise<MethodComparison> => {
      for (;;) {
        const now = await client.call('comparisons.show', { id });
        if (!isAlive(now)) return now;
        const details = now.note === null ? [] : [now.note];
        progress.update({ done: Math.floor(100 * now.share), total: 100, unit: '%', details });
        await new Promise((resolve) => setTimeout(resolve, lookMs));
      }
    };
    const ended = await shell.interrupts.during(cancel, look());
    if (ended.result !== null) return ended;
    const resume = shell.typed('compare', project, '--resume', String(id));
    throw new Failure(
      ended.failure === null ? 'stopped' : 'bad-input',
      `${ended.failure ?? 'Stopped. What its runs have done is kept.'} Resume with: ${resume}`,
    );
  } finally {
    progress.end();
  }
}

const rowColumns: readonly Column[] = [
  { title: 'method' },
  { title: 'score, by validation' },
  { title: 'validation', align: 'right' },
  { title: 'AUROC', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: 'seeds', align: 'right' },
];
const pairColumns: readonly Column[] = [
  { title: 'better' },
  { title: 'worse' },
  { title: 'difference', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: 'p, corrected', align: 'right' },
  { title: '' },
];

export function comparisonLines(
  shell: Shell,
  project: string,
  comparison: MethodComparison,
): readonly string[] {
  const { plan, result, state } = comparison;
  if (result === null) return [`${headOf(comparison)}: ${state}.`];
  const { validation, test, basis, rows, pairs, warnings, sentence } = result;
  const against =
    basis === 'anomalies'
      ? `${validation.anomalous} anomalies set aside to validate`
      : `${validation.anomalous} copies changed by shifts that no method learnt`;
  return [
    `${headOf(comparison)}, ${counted(plan.methods[0]!.runs.length, 'seed')} each, on ` +
      `${test.normal} normal and ${test.anomalous} anomalous images that no model has seen.`,
    `Scores chosen on ${validation.normal} held-out normal images against ${against}.`,
    '',
    ...table(
      rowColumns,
      rows.map(({ method, score, validation: chosen, auroc, auroc95, ofSeeds }) => [
        titleOf(method),
        scoreTitle(score),
        ...[chosen === null ? '–' : part(chosen), part(auroc), interval(auroc95)],
        ofSeeds.map(part).join(' '),
      ]),
    ),
    '',
    ...table(
      pairColumns,
      pairs.map(({ better, worse, difference, difference95, corrected }) => [
        ...[titleOf(better), titleOf(worse), part(difference), interval(difference95)],
        corrected < 0.0001 ? '< 0.0001' : significant(corrected, 2),
        corrected < significance ? '*' : '',
      ]),
    ),
    `* better beyond chance: DeLong's paired test, corrected after Holm for ${counted(pairs.length, 'pair')}`,
    ...warnings.map((text) => `Warning: ${printable(text)}`),
    '',
    sentence,
    `Open it again with: ${shell.typed('compare', project, '--show', String(comparison.id))}`,
  ];
}

/** "Comparison 3 of 4 methods on "cells", 300 steps". */
export function headOf({ id, plan }: MethodComparison): string {
  const { methods, dataset, budget, preset } = plan;
  const length =
    'minutes' in budget
      ? `${counted(budget.minutes, 'minute')} of steps`
      : 'steps' in budget
        ? counted(budget.steps, 'step')
        : `the steps of the preset ${preset}`;
  return `Comparison ${id} of ${counted(methods.length, 'method')} on "${printable(dataset)}", ${length}`;
}

function titleOf(method: string): string {
  return method === controlName ? method : (findCard(method)?.title ?? method);
}

function interval([low, high]: readonly [number, number]): string {
  return `${part(low)} to ${part(high)}`;
}
