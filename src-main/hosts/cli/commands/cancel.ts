// `normscope cancel`: stops a run, also one that another process runs.

import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { isAlive, withProject } from '../project.ts';

export const cancel = command({
  summary: 'Stops a running run and keeps a checkpoint',
  about: [
    'Works from another terminal than the one that trains. The run writes a checkpoint and stops; ' +
      '"normscope resume" continues it.',
  ],
  arguments: {
    project: projectArgument,
    run: { placeholder: 'RUN', meaning: 'the number of the run, see "normscope runs P"' },
  },
  options: {},
  examples: [
    { words: 'cancel Cells.normscope 3', meaning: 'Stops run 3.' },
    { words: 'cancel Cells.normscope 3 --json', meaning: '{"run":3,"state":"stopped"}' },
  ],
  run: async ({ project, run }, shell) => {
    const runId = parseId('run', run);
    const { before, state } = await withProject(shell, project, {}, async (client) => {
      const found = await client.call('runs.show', { runId });
      const answer = await client.call('runs.cancel', { runId });
      return { before: found.state, state: answer.state };
    });
    shell.answer({ run: runId, state });
    if (!isAlive({ state: before })) {
      shell.say(`Run ${run} is not running: its state is "${state}".`);
    } else if (state === 'stopped') {
      shell.say(
        `Run ${run} is stopped; its checkpoint is kept.`,
        `Resume with: ${shell.typed('resume', project, run)}`,
      );
    } else shell.say(`Run ${run} was not stopped: its state is "${state}".`);
    return state === 'stopped' || state === 'interrupted' ? 0 : 1;
  },
});
