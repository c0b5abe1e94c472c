// `normscope train`: a detector from a dataset's normal images.

import { methodCards, methodNames } from '#domain/methods/methods.ts';
import { standardShifts, takesShifts } from '#domain/run-outliers.ts';
import { presetMethod, presetNames, specimenNames } from '#domain/run-settings.ts';
import { shiftNames } from '#domain/shift-table.ts';
import { recommendedInput } from '../advising.ts';
import { parseSetting, parseWeighted } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { engineOption } from '../options/engine-option.ts';
import { generalSettingList, methodSettingList } from '../output/setting-list.ts';
import { withProject } from '../project.ts';
import { followTraining, trainedAnswer, trainedLines } from '../training.ts';

export const train = command({
  summary: 'Trains a detector on the normal images of a dataset',
  about: [
    'The detector learns what the normal images (role normal, split train) have in common, and to ' +
      'tell them from outliers: other datasets (--outliers), or copies of the normal images changed ' +
      'by a shift transform (--shift). The normal images for calibration then set the threshold.',
    'Every image of the dataset is ranked within a minute by a network that is used as it is (the method ' +
      'frozen, a run of its own), and again by the trained one, which takes over only where it is better on ' +
      'validation data: anomalies of the dataset with the split calibrate, or else copies of the held-out ' +
      'normal images changed by shifts that it was not trained on.',
    'quick takes minutes on two processor cores; standard takes hours; paper is the published ' +
      'reference (arXiv 2312.15288), intended for a graphics card. Ctrl+C stops the training; a ' +
      'checkpoint is kept, and "normscope resume" continues with the same result as without the stop.',
    `Shift transforms: ${shiftNames.join(', ')}. Where neither outliers nor shifts are named, the ` +
      'methods that take shifts use those that the advisor recommends (see "normscope shifts"), or, with too ' +
      `few normal images to measure, ${standardShifts(methodNames.find(takesShifts)!).join(', ')}.`,
  ],
  arguments: { project: projectArgument },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset with the normal images',
      required: true,
    },
    outliers: {
      kind: 'text',
      placeholder: 'NAME[=WEIGHT]',
      many: true,
      meaning:
        'a dataset to learn as outliers; weights say how often each source is drawn, without them the ' +
        'number of images does',
    },
    shift: {
      kind: 'text',
      placeholder: 'NAME[=STRENGTH]',
      many: true,
      meaning:
        'a shift transform that makes outliers of normal images; strength 0 to 1, usually 0.5',
    },
    method: {
      kind: 'choice',
      choices: methodNames,
      meaning: `the method; when left out ${presetNames
        .map((preset) => `${presetMethod[preset]} for ${preset}`)
        .join(', ')}`,
    },
    preset: {
      kind: 'choice',
      choices: presetNames,
      standard: 'quick',
      meaning: 'size of network and length of training',
    },
    specimen: {
      kind: 'choice',
      choices: specimenNames,
      standard: 'stained',
      meaning: 'how far the colours of a normal image may vary',
    },
    set: {
      kind: 'text',
      placeholder: 'KEY=VALUE',
      many: true,
      meaning: 'one setting, over preset and specimen',
    },
    seed: {
      kind: 'integer',
      placeholder: 'N',
      min: 0,
      standard: 0,
      meaning: 'the seed of all random numbers: the same seed gives the same model',
    },
    engine: engineOption,
    'model-only': {
      kind: 'switch',
      meaning: 'no scores at the end, and no ranking by a frozen network before',
    },
    'accept-overlaps': {
      kind: 'switch',
      meaning: 'train although outliers look the same as normal or test images',
    },
  },
  lists: {
    Methods: methodCards.map(({ name, meaning, learningType, scores }) => [
      name,
      `${meaning} Kind: ${learningType}. Scores: ${scores.map((score) => score.name).join(', ')}.`,
    ]),
    'Settings for --set, and what the presets make of them': generalSettingList(),
    'Settings of some methods alone': methodSettingList(),
  },
  examples: [
    {
      words: 'train Cells.normscope --dataset cells --outliers photos --shift cut-mix=0.7',
      meaning: 'The quick preset, with a dataset and a shift transform as outliers.',
    },
    {
      words:
        'train Cells.normscope --dataset cells --shift rotate --method self-oecl --set epochs=50',
      meaning: 'The published loss with turned copies as outliers, for 50 epochs.',
    },
  ],
  run: async (given, shell) => {
    const { project, dataset, method, preset, specimen, seed, engine } = given;
    const input = {
      ...{ dataset, preset, specimen, seed, engine, acceptOverlaps: given['accept-overlaps'] },
      rank: !given['model-only'],
      ...(method === undefined ? {} : { method }),
      overrides: Object.fromEntries(given.set.map(parseSetting)),
      outliers: given.outliers.map((text) => {
        const { name, number } = parseWeighted('outliers', text, { above: 0, max: 1000 });
        return { name, ...(number === undefined ? {} : { weight: number }) };
      }),
      shifts: given.shift.map((text) => {
        const { name, number } = parseWeighted('shift', text, { min: 0, max: 1 });
        return { name, weight: 1, ...(number === undefined ? {} : { strength: number }) };
      }),
    };
    const { trained, recommended } = await withProject(shell, project, {}, async (client) => {
      const whole = { ...input, ...(await recommendedInput(client, shell, input)) };
      const run = await followTraining(client, shell, project, () =>
        client.call('runs.train', whole),
      );
      return { trained: run, recommended: whole.recommended ?? null };
    });
    shell.answer({ ...trainedAnswer(trained), recommended });
    shell.say(...trainedLines(shell, project, trained));
    return 0;
  },
});
