// `normscope runs`: the runs of a project.

import type { RunSummary } from '#contract/core.ts';
import { command, projectArgument } from '../command.ts';
import { count } from '#domain/figures.ts';
import { localTime } from '#domain/local-time.ts';
import { withProject } from '../project.ts';
import { table, type Column } from '../output/table.ts';

const columns: readonly Column[] = [
  { title: 'run', align: 'right' },
  { title: 'state' },
  { title: 'steps', align: 'right' },
  { title: 'model', align: 'right' },
  { title: 'method' },
  { title: 'preset' },
  { title: 'seed', align: 'right' },
  { title: 'started' },
  { title: 'dataset' },
];

export const runs = command({
  summary: 'Lists the runs of a project',
  about: ['A run is one training; a run that succeeded has a model. The newest is at the end.'],
  arguments: { project: projectArgument },
  options: {},
  examples: [
    { words: 'runs Cells.normscope', meaning: 'A table, also while a training is running.' },
    { words: 'runs Cells.normscope --json', meaning: 'One document, {"runs":[…]}.' },
  ],
  run: async ({ project }, shell) => {
    const list = await withProject(shell, project, {}, (client) => client.call('runs.list', {}));
    shell.answer({ runs: list });
    if (list.length === 0) shell.say('There are no runs yet. Start one with "normscope train".');
    else shell.say(...table(columns, list.map(row)));
    return 0;
  },
});

function row(run: RunSummary): readonly string[] {
  const steps = run.stepsTotal === null ? '' : `${count(run.stepsDone)}/${count(run.stepsTotal)}`;
  return [
    ...[String(run.id), run.state, steps, run.modelId === null ? '' : String(run.modelId)],
    ...[run.method, run.preset, String(run.seed)],
    ...[localTime(new Date(run.createdAt)).slice(0, 16), run.dataset],
  ];
}
