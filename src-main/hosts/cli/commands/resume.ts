// `normscope resume`: resumes a run that was stopped.

import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { withProject } from '../project.ts';
import { followTraining, trainedAnswer, trainedLines } from '../training.ts';

export const resume = command({
  summary: 'Resumes a run that was stopped, was interrupted or has failed',
  about: [
    'The run continues from its last checkpoint, with its original settings and images. On the ' +
      'processor the model is the same, bit for bit, as if the run had never been stopped.',
  ],
  arguments: {
    project: projectArgument,
    run: { placeholder: 'RUN', meaning: 'the number of the run, see "normscope runs P"' },
  },
  options: {},
  examples: [
    { words: 'resume Cells.normscope 3', meaning: 'Resumes run 3.' },
    { words: 'resume Cells.normscope 3 --json', meaning: 'The same in a script.' },
  ],
  run: async ({ project, run }, shell) => {
    const runId = parseId('run', run);
    const trained = await withProject(shell, project, {}, (client) =>
      followTraining(client, shell, project, () => client.call('runs.resume', { runId })),
    );
    shell.answer(trainedAnswer(trained));
    shell.say(...trainedLines(shell, project, trained));
    return 0;
  },
});
