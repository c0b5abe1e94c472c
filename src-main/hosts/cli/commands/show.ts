// `normscope show`: the settings of a run, its progress and its warnings.

import type { RunDetails } from '#contract/core.ts';
import { allTerms, inCardOrder, termTitle } from '#domain/methods/methods.ts';
import type { EpochReport } from '#domain/progress.ts';
import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { count, duration, significant } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { runEngineInWords } from '#domain/engines/run-engine.ts';
import { withProject } from '../project.ts';
import { table } from '../output/table.ts';
import { withAliases } from '../options/epoch-aliases.ts';
import { resourcesInWords, thresholdLine } from '../training.ts';

/** A long run has more epochs than a screen has lines. */
const epochsShown = 30;

export const show = command({
  summary: 'Shows a run: its settings, its epochs and its warnings',
  about: [
    `Of a run with more than ${epochsShown} epochs some are left out of the table, evenly; --json has ` +
      'them all.',
  ],
  arguments: {
    project: projectArgument,
    run: { placeholder: 'RUN', meaning: 'the number of the run, see "normscope runs P"' },
  },
  options: {},
  examples: [
    { words: 'show Cells.normscope 3', meaning: 'Run 3, also while it is running.' },
    { words: 'show Cells.normscope 3 --json', meaning: 'Every epoch and setting, for a script.' },
  ],
  run: async ({ project, run }, shell) => {
    const runId = parseId('run', run);
    const details = await withProject(shell, project, {}, (client) =>
      client.call('runs.show', { runId }),
    );
    shell.answer({ ...details, epochs: details.epochs.map(withAliases) });
    shell.say(...runLines(details));
    return 0;
  },
});

function runLines(run: RunDetails): readonly string[] {
  const steps =
    run.stepsTotal === null ? '' : `, step ${count(run.stepsDone)} of ${count(run.stepsTotal)}`;
  const facts: [string, string][] = [
    ['state', `${run.state}${steps}`],
    ['model', run.modelId === null ? 'none yet' : String(run.modelId)],
    ['engine', runEngineInWords(run)],
    ['started', run.createdAt],
    ['ended', run.endedAt ?? 'not yet'],
    ['took', run.resources === null ? 'nothing yet' : resourcesInWords(run.resources)],
    ...configFacts(run.config),
  ];
  const lines = [`Run ${run.id}`, ...table([{ title: '' }, { title: '' }], facts).slice(1)];
  if (run.threshold !== null) lines.push('', thresholdLine(run.threshold));
  if (run.failure !== null) lines.push('', printable(run.failure));
  for (const warning of run.warnings) lines.push('', `Warning: ${printable(warning)}`);
  if (run.epochs.length > 0) lines.push('', ...epochTable(thin(run.epochs)));
  return lines;
}

/** The nested configuration as names and values, in its own order. */
function configFacts(config: unknown, above = ''): [string, string][] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isNested) return configFacts(value, `${above}${name}.`);
    const isText = typeof value === 'string';
    return [[above + name, isText ? value : JSON.stringify(value)] satisfies [string, string]];
  });
}

function thin(epochs: readonly EpochReport[]): readonly EpochReport[] {
  const every = Math.ceil(epochs.length / epochsShown);
  return epochs.filter((_, i) => i % every === 0 || i === epochs.length - 1);
}

function epochTable(epochs: readonly EpochReport[]): readonly string[] {
  const names = new Set(epochs.flatMap(({ terms }) => Object.keys(terms)));
  const terms = inCardOrder(names, allTerms);
  const titles = ['epoch', 'step', 'loss', ...terms.map(termTitle), 'learning rate', 'time'];
  return table(
    titles.map((title) => ({ title, align: 'right' })),
    epochs.map((epoch) => [
      ...[count(epoch.epoch + 1), count(epoch.step), significant(epoch.loss)],
      ...terms.map((name) => {
        const value = epoch.terms[name];
        return value === undefined ? '' : significant(value, 3);
      }),
      ...[significant(epoch.learningRate, 3), seconds(epoch.seconds)],
    ]),
  );
}

function seconds(value: number): string {
  return value < 60 ? `${significant(value, 2)} s` : duration(value);
}
