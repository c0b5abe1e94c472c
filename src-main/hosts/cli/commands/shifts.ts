// `normscope shifts`: which shift transforms are outliers for a dataset, and which teach most.

import type { ShiftAdvice } from '#contract/outlier.ts';
import { part } from '#domain/figures.ts';
import { specimenNames } from '#domain/run-settings.ts';
import { recommendedShifts } from '#domain/shift-advice.ts';
import { shiftNames } from '#domain/shift-table.ts';
import { withAdviceProgress } from '../advising.ts';
import { command, projectArgument } from '../command.ts';
import { table } from '../output/table.ts';
import { withProject } from '../project.ts';

export const shifts = command({
  summary: 'Says which shift transforms are outliers for a dataset, and which teach most',
  about: [
    'Compares copies of the normal images, changed by each shift transform, with unchanged ones, by features of ' +
      'the bundled frozen network. A shift that even a test which has learnt it separates with an AUROC below ' +
      '0.6 looks normal for this specimen, and must not be learnt as an outlier: a turned round cell is a ' +
      'normal one. A shift that the network separates nearly always teaches little. The others are ranked.',
    'Takes some seconds; the answer is kept in the project until its images or the specimen change. "normscope ' +
      'train" takes the recommended shifts where none are named.',
  ],
  arguments: { project: projectArgument },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset with the normal images',
      required: true,
    },
    specimen: {
      kind: 'choice',
      choices: specimenNames,
      standard: 'stained',
      meaning: 'how far a normal image may vary',
    },
    'with-model': {
      kind: 'switch',
      meaning: 'ask the trained model that ranks the dataset as well',
    },
  },
  examples: [
    {
      words: 'shifts Cells.normscope --dataset cells',
      meaning: 'All shifts, at strength 0.5.',
    },
    {
      words: 'shifts Cells.normscope --dataset nuclei --specimen fluorescence --json',
      meaning: 'Where brightness may differ from field to field; for a script.',
    },
  ],
  run: async ({ project, dataset, specimen, 'with-model': withModel }, shell) => {
    const asked = shiftNames.map((name) => ({ name, strength: 0.5 }));
    const advice = await withProject(shell, project, {}, (client) =>
      withAdviceProgress(client, shell, (signal) =>
        client.call('shifts.advise', { dataset, specimen, shifts: asked, withModel }, signal),
      ),
    );
    const recommended = recommendedShifts(advice.shifts);
    shell.answer({ dataset, specimen, ...advice, recommended });
    shell.say(
      ...adviceLines(advice),
      recommended.length === 0
        ? 'No shift is recommended.'
        : `Recommended: ${recommended.join(', ')}.`,
    );
    return 0;
  },
});

const words = { normal: 'looks normal', easy: 'too easy', usable: 'usable' } as const;

/** Usable ones by rank, then the easy ones, then those that look normal. */
function adviceLines({ shifts: judged, images, model }: ShiftAdvice): readonly string[] {
  const order = { usable: 0, easy: 1, normal: 2 } as const;
  const rows = judged
    .map((shift, place) => ({ ...shift, byModel: model?.separability[place] }))
    .sort((a, b) => order[a.decision] - order[b.decision] || (a.rank ?? 0) - (b.rank ?? 0));
  const head = ['Shift', 'Decision', 'Rank', 'Frozen network', 'Learnt', '95 % interval'];
  return [
    `On ${images} normal images; AUROC, 0.5 is chance.`,
    ...table(
      [...head, ...(model ? [`Model ${model.modelId}`] : [])].map((title) => ({ title })),
      rows.map(({ name, decision, rank, plain, separability, separability95, byModel }) => [
        ...[name, words[decision], rank === null ? '' : String(rank), part(plain)],
        ...[part(separability), separability95.map(part).join(' to ')],
        ...(byModel === undefined ? [] : [part(byModel)]),
      ]),
    ),
  ];
}
