// `normscope evaluate`: how well a model tells normal from anomalous images.

import { allScores } from '#domain/methods/methods.ts';
import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { evaluationLines } from '../evaluating.ts';
import { withProject } from '../project.ts';

export const evaluate = command({
  summary: 'Measures how well a model tells the normal images of a dataset from its anomalies',
  about: [
    'Compares normal images with the split test with images of the role anomaly; images that the ' +
      'model was trained or calibrated on never count. The dataset must have been scored.',
    'AUROC is the chance that an anomalous image is ranked above a normal one (1 is perfect, 0.5 is ' +
      "chance), with DeLong's 95 % interval. AUPR is the area under precision and recall. FPR95 is " +
      'the part of normal images flagged when 95 % of the anomalies are.',
    'Which scores a model has is a matter of its method.',
  ],
  arguments: { project: projectArgument },
  options: {
    model: {
      kind: 'text',
      placeholder: 'M',
      meaning: 'the number of the model',
      required: true,
    },
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'a scored dataset with normal and anomalous images',
      required: true,
    },
  },
  lists: { Scores: allScores.map(({ name, meaning }) => [name, meaning]) },
  examples: [
    {
      words: 'evaluate Cells.normscope --model 1 --dataset cells',
      meaning: 'A table of all scores, per group too where there are groups.',
    },
    {
      words: 'evaluate Cells.normscope --model 1 --dataset cells --json',
      meaning: 'The same figures, unrounded, for a script.',
    },
  ],
  run: async ({ project, model, dataset }, shell) => {
    const modelId = parseId('model', model);
    const evaluation = await withProject(shell, project, {}, (client) =>
      client.call('scores.evaluate', { modelId, dataset }),
    );
    shell.answer(evaluation);
    shell.say(...evaluationLines(evaluation));
    return 0;
  },
});
