// `normscope outliers`: what outliers add to the detection of known anomalies.

import { count, part } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { specimenNames } from '#domain/run-settings.ts';
import { command, projectArgument } from '../command.ts';
import { table } from '../output/table.ts';
import { withProject } from '../project.ts';

export const outliers = command({
  summary: 'Measures how many outliers help, and which source of them harms',
  about: [
    'Fits an outlier head to features of the bundled frozen network and measures how well it tells known anomalies ' +
      'from held-out normal images: with 0, 10, 30, 100 … outliers, and with each source alone. Where more ' +
      'outliers no longer raise the AUROC, further ones are not needed. It is an estimate of what a training ' +
      'would gain, in seconds.',
    'Known anomalies are those of the dataset with the split calibrate, or, with fewer than 8 of these, those with ' +
      'the split train; each is judged without the outliers of its own group (slide, plate, folder).',
  ],
  arguments: { project: projectArgument },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset with the normal images and known anomalies',
      required: true,
    },
    outliers: {
      kind: 'text',
      placeholder: 'NAME',
      many: true,
      meaning: 'an outlier source; every source when left out',
    },
    specimen: {
      kind: 'choice',
      choices: specimenNames,
      standard: 'stained',
      meaning: 'how images are read: turned, or each channel by itself',
    },
  },
  examples: [
    {
      words: 'outliers Cells.normscope --dataset cells',
      meaning: 'All sources together, and each alone.',
    },
    {
      words: 'outliers Cells.normscope --dataset cells --outliers confirmed --json',
      meaning: 'A few confirmed anomalies, for a script.',
    },
  ],
  run: async ({ project, dataset, specimen, outliers: sources }, shell) => {
    const asked = { dataset, specimen, ...(sources.length > 0 ? { sources: [...sources] } : {}) };
    const controller = new AbortController();
    const found = await withProject(shell, project, {}, (client) =>
      shell.interrupts.during(
        () => controller.abort(),
        client.call('outliers.budget', asked, controller.signal),
      ),
    );
    const { counts, basis, points } = found;
    const kept = basis === 'few-shot' ? ', each without the outliers of its group' : '';
    shell.answer(found);
    shell.say(
      `${count(counts.anomalous)} known anomalies against ${count(counts.normal)} held-out normal images${kept}`,
      ...table(
        [
          { title: 'Outliers', align: 'right' },
          { title: 'AUROC', align: 'right' },
        ],
        points.map(({ outliers: number, auroc }) => [count(number), part(auroc)]),
      ),
      '',
      ...found.sources.map(({ sentence }) => printable(sentence)),
    );
    return 0;
  },
});
