// `normscope compare`: several methods on the same images with the same budget.

import { Failure } from '#domain/failure.ts';
import { methodNames, type StartName } from '#domain/methods/methods.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { presetNames, specimenNames } from '#domain/run-settings.ts';
import { parseSetting, parseWeighted } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { comparisonLines, followComparison, headOf } from '../comparing.ts';
import { engineOption } from '../options/engine-option.ts';
import { withProject } from '../project.ts';

export const compare = command({
  summary: 'Compares methods on the same images with the same budget',
  about: [
    'Trains each method with each seed, on the same frozen split, with as many steps or as many minutes; ' +
      'frozen and patchcore train nothing. Minutes become steps by the time that a step of each method takes ' +
      'on this computer. The runs are ordinary ones: they can be paused, shown, deleted and used.',
    'Which score of a method ranks is chosen on validation data: anomalies with the split calibrate, or else ' +
      'copies of held-out normal images changed by shifts that none of the methods was trained on. The test ' +
      'images then give the AUROC with its 95 % interval (DeLong), the mean over seeds, and a paired test for ' +
      'each pair, corrected for their number after Holm. A network with random weights, with the read-out, is ' +
      'part of every comparison.',
    'Ctrl+C or --cancel stops the comparison, and --resume continues it. --show prints a finished one again, ' +
      'and --list names all of them.',
  ],
  arguments: { project: projectArgument },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset, with normal images to train, calibrate and test on and with anomalies',
    },
    methods: {
      kind: 'text',
      placeholder: 'A,B,…',
      meaning: `the methods, with commas: ${methodNames.join(', ')}`,
    },
    steps: { kind: 'integer', placeholder: 'N', min: 1, meaning: 'steps of each training' },
    minutes: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      meaning: 'minutes of each training, instead of steps; with neither the steps of the preset',
    },
    seeds: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 20,
      standard: 1,
      meaning: 'runs of each method, with seeds from 0',
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
    outliers: {
      kind: 'text',
      placeholder: 'NAME[=WEIGHT]',
      many: true,
      meaning: 'a dataset to learn as outliers, for the methods that take them',
    },
    shift: {
      kind: 'text',
      placeholder: 'NAME[=STRENGTH]',
      many: true,
      meaning: 'a shift transform that makes outliers, for the methods that take them',
    },
    set: {
      kind: 'text',
      placeholder: 'KEY=VALUE',
      many: true,
      meaning: 'one setting, of the methods that have it',
    },
    engine: engineOption,
    'accept-overlaps': {
      kind: 'switch',
      meaning: 'train although outliers look the same as normal or test images',
    },
    cancel: {
      kind: 'integer',
      placeholder: 'ID',
      min: 1,
      meaning: 'stops a comparison that runs elsewhere',
    },
    resume: { kind: 'integer', placeholder: 'ID', min: 1, meaning: 'continues a comparison' },
    show: { kind: 'integer', placeholder: 'ID', min: 1, meaning: 'prints a comparison again' },
    list: { kind: 'switch', meaning: 'lists the comparisons of the project' },
  },
  examples: [
    {
      words: 'compare Cells.normscope --dataset cells --methods frozen,patchcore,csi --seeds 3',
      meaning: 'Three methods with three seeds, as long as the quick preset takes.',
    },
    {
      words:
        'compare Cells.normscope --dataset cells --methods oecl,hsc --outliers photos --minutes 3',
      meaning: 'Three minutes of training for each method, with the same outliers.',
    },
  ],
  run: async (given, shell) => {
    const { project, resume, show, list, cancel } = given;
    if (cancel !== undefined) {
      const { state } = await withProject(shell, project, {}, (client) =>
        client.call('comparisons.cancel', { id: cancel }),
      );
      shell.answer({ id: cancel, state });
      shell.say(`Comparison ${cancel} is ${state}.`);
      return 0;
    }
    if (list) {
      const all = await withProject(shell, project, {}, (client) =>
        client.call('comparisons.list', {}),
      );
      shell.answer(all);
      shell.say(
        ...(all.length === 0
          ? ['There are no comparisons.']
          : all.map((own) => `${headOf(own)}: ${own.result?.sentence ?? own.state}`)),
      );
      return 0;
    }
    const shown = await withProject(shell, project, {}, async (client) => {
      if (show !== undefined) return await client.call('comparisons.show', { id: show });
      const start = (signal: AbortSignal) =>
        resume === undefined
          ? client.call('comparisons.start', inputOf(given), signal)
          : client.call('comparisons.resume', { id: resume });
      return await followComparison(client, shell, project, start);
    });
    shell.answer(shown);
    shell.say(...comparisonLines(shell, project, shown));
    return 0;
  },
});

interface Typed {
  readonly dataset: string | undefined;
  readonly methods: string | undefined;
  readonly steps: number | undefined;
  readonly minutes: number | undefined;
  readonly seeds: number;
  readonly preset: (typeof presetNames)[number];
  readonly specimen: (typeof specimenNames)[number];
  readonly outliers: readonly string[];
  readonly shift: readonly string[];
  readonly set: readonly string[];
  readonly engine: (typeof engineOption.choices)[number];
  readonly 'accept-overlaps': boolean;
}

function inputOf(given: Typed) {
  const { dataset, methods, steps, minutes, seeds, preset, specimen, engine } = given;
  if (dataset === undefined) throw missing('dataset', 'the dataset to compare on');
  if (methods === undefined) throw missing('methods', 'the methods to compare, with commas');
  return {
    ...{ dataset, preset, specimen, seeds, engine, acceptOverlaps: given['accept-overlaps'] },
    ...(steps === undefined ? {} : { steps }),
    ...(minutes === undefined ? {} : { minutes }),
    methods: methods.split(',').map((name) => methodNamed(name.trim())),
    overrides: Object.fromEntries(given.set.map(parseSetting)),
    outliers: given.outliers.map((text) => {
      const { name, number } = parseWeighted('outliers', text, { above: 0, max: 1000 });
      return { name, weight: number ?? 1 };
    }),
    shifts: given.shift.map((text) => {
      const { name, number } = parseWeighted('shift', text, { min: 0, max: 1 });
      return { name, weight: 1, ...(number === undefined ? {} : { strength: number }) };
    }),
  };
}

function methodNamed(name: string): StartName {
  const known = methodNames.find((method) => method === name);
  if (known) return known;
  throw new Failure(
    'unknown-option',
    `There is no method "${name}"${nearestName(name, methodNames)}. Methods: ${methodNames.join(', ')}.`,
  );
}

function missing(option: string, meaning: string): Failure {
  return new Failure(
    'bad-input',
    `The option --${option} is missing: ${meaning}. See "normscope help compare".`,
  );
}
