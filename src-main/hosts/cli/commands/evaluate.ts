// `normscope evaluate`: how well a model separates normal from anomalous images.

import { allScores } from '#domain/methods/methods.ts';
import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { modelOption } from '../options/model-option.ts';
import { evaluationLines, measureBaseline, ownBaselines } from '../evaluating.ts';
import { withProject } from '../project.ts';

export const evaluate = command({
  summary: 'Measures how well a model tells the normal images of a dataset from its anomalies',
  about: [
    'Compares normal images with the split test with images of the role anomaly; images that the ' +
      'model was trained or calibrated on never count. The dataset must have been scored.',
    'Images of groups (patient, slide, plate) that the model knows flatter the figures: normal images of ' +
      'groups that it was trained or calibrated on, and anomalies of groups that gave outliers for its ' +
      'training. They do not count where others of their kind remain, and are named. Near duplicates of ' +
      'training images are not looked for here: the window finds them.',
    'AUROC is the chance that an anomalous image is ranked above a normal one (1 is perfect, 0.5 is ' +
      "chance), with DeLong's 95 % interval. AUPR is the area under precision and recall. FPR95 is " +
      'the part of normal images flagged when 95 % of the anomalies are.',
    'How many images to look at until the first true anomaly, and how many of the first 10 are true, are ' +
      'expected values for the score that ranks: of 10,000 images drawn independently, of which 1 % or ' +
      '0.1 % are anomalies, strangest first.',
    'With --baselines the same images are also judged without training: by the mean distance to the five ' +
      'nearest training images among thumbnails with colour histograms, and by the read-out of the model’s ' +
      'own network (of a frozen model, of the network that its preset trains) with random weights. With --backbone also by the read-out of the features of a backbone ' +
      '(see "normscope help backbone"), which are kept in the project for the next time.',
    'Which scores a model has is a matter of its method.',
  ],
  arguments: { project: projectArgument },
  options: {
    model: modelOption,
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'a scored dataset with normal and anomalous images',
      required: true,
    },
    baselines: {
      kind: 'switch',
      meaning: 'measure thumbnails, and the network with random weights, beside the model',
    },
    backbone: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'a backbone whose features are measured beside the model',
    },
  },
  lists: { Scores: allScores.map(({ name, meaning }) => [name, meaning]) },
  examples: [
    {
      words: 'evaluate Cells.normscope --model 1 --dataset cells',
      meaning: 'A table of all scores; also per type and per group where there are some.',
    },
    {
      words: 'evaluate Cells.normscope --model 1 --dataset cells --json',
      meaning: 'The same figures, unrounded, for a script.',
    },
    {
      words: 'evaluate Cells.normscope --model 1 --dataset cells --backbone lite0',
      meaning: 'One more row: the read-out of the features of a backbone.',
    },
  ],
  run: async ({ project, model, dataset, backbone, baselines: areWanted }, shell) => {
    const modelId = parseId('model', model);
    const asked = { modelId, dataset };
    const { evaluation, baselines } = await withProject(shell, project, {}, async (client) => {
      const evaluation = await client.call('scores.evaluate', asked);
      // First what fails immediately, such as a name that does not exist.
      const frozen =
        backbone === undefined
          ? []
          : [
              {
                name: `backbone ${backbone}`,
                ...(await measureBaseline(client, shell, { ...asked, backbone })),
              },
            ];
      const own = areWanted ? await ownBaselines(client, shell, asked) : [];
      return { evaluation, baselines: [...own, ...frozen] };
    });
    shell.answer(baselines.length === 0 ? evaluation : { ...evaluation, baselines });
    shell.say(...evaluationLines(evaluation, baselines));
    return 0;
  },
});
