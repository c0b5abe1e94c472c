// `normscope export`: a table, copies of files, a list of paths or a report of what a model finds.

import { resolve } from 'node:path';
import { exportWhat } from '#contract/export.ts';
import { counted } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { parseId } from '../../arguments.ts';
import { command, projectArgument } from '../../command.ts';
import { modelOption } from '../../options/model-option.ts';
import { withProject } from '../../project.ts';

export const exportCommand = command({
  summary: 'Writes a table, copies of the files, a list of paths or a report',
  about: [
    'Writes what a model finds in a scored dataset: the images above the line, those that reviewers judged ' +
      'anomalous, or all, by rank. The rank counts images that the model was not trained on.',
    'Every export is a new file or folder in the project’s folder "exports", or in --to; nothing is ' +
      'overwritten. The report has a title block, one page of summary with a line for a signature, the images, ' +
      'and every measure and setting in an appendix; a browser prints it to PDF.',
  ],
  arguments: { project: projectArgument },
  options: {
    model: modelOption,
    dataset: { kind: 'text', placeholder: 'NAME', meaning: 'a scored dataset', required: true },
    as: {
      kind: 'choice',
      choices: ['csv', 'copies', 'paths', 'report'] as const,
      standard: 'csv',
      meaning: 'what is written',
    },
    what: {
      kind: 'choice',
      choices: exportWhat.filter((name) => name !== 'selection'),
      standard: 'flagged',
      meaning: 'which images',
    },
    to: { kind: 'text', placeholder: 'FOLDER', meaning: 'where to (the project’s "exports")' },
    note: {
      kind: 'text',
      placeholder: 'TEXT',
      meaning: 'microscope, stain, question: for a report',
    },
  },
  examples: [
    {
      words: 'export Cells.normscope --model 1 --dataset monday --as copies --to /media/usb',
      meaning: 'Copies the flagged files, with the rank in the name.',
    },
    {
      words: 'export Cells.normscope --model 1 --dataset monday --as report',
      meaning: 'Writes a report of what is flagged and judged.',
    },
  ],
  run: async (given, shell) => {
    const { project, dataset, as, what, to, note } = given;
    const modelId = parseId('model', given.model);
    const asked = { modelId, dataset, what, folder: to === undefined ? undefined : resolve(to) };
    return await withProject(shell, project, {}, async (client) => {
      switch (as) {
        case 'csv': {
          const { path, rows } = await client.call('exports.csv', asked);
          shell.answer({ path, images: rows });
          shell.say(`${counted(rows, 'row')}: ${printable(path)}`);
          return 0;
        }
        case 'paths': {
          const { path, images } = await client.call('exports.paths', asked);
          shell.answer({ path, images });
          shell.say(`${counted(images, 'path')}: ${printable(path)}`);
          return 0;
        }
        case 'report': {
          const { path, images } = await client.call('exports.report', { ...asked, note });
          shell.answer({ path, images });
          shell.say(`Report of ${counted(images, 'image')}: ${printable(path)}`);
          return 0;
        }
        case 'copies': {
          const { path, copied, failed } = await client.call('exports.copies', asked);
          shell.answer({ path, images: copied, failed });
          shell.say(
            `${counted(copied, 'file')} copied: ${printable(path)}`,
            ...failed.map((one) => `Not copied: ${printable(one.path)}: ${printable(one.reason)}`),
          );
          return failed.length === 0 ? 0 : 1;
        }
      }
    });
  },
});
