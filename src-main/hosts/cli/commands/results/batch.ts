// `normscope batch`: whether a dataset looks like what a model learnt, and the line of a dataset that does not.

import { batchLines, type BatchExamination } from '#contract/batch.ts';
import { differenceWords } from '#domain/batches/measures.ts';
import { count, percent, significant } from '#domain/figures.ts';
import { parseId } from '../../arguments.ts';
import { command, projectArgument } from '../../command.ts';
import { modelOption } from '../../options/model-option.ts';
import { table, type Column } from '../../output/table.ts';
import { withProject, type CoreClient } from '../../project.ts';
import { batchLines as warningLines } from '../../scoring.ts';

export const batch = command({
  summary: 'Says whether a dataset looks like what a model learnt, and sets its line',
  about: [
    'Compares background, stain, colour, sharpness, scale, range of values and pixel depth of the images with ' +
      'the normal images that the model learnt, and the number of flags with the false-alarm budget.',
    'With --line normals the dataset gets a line of its own, from its images with the role normal ' +
      '(at least 10, which then have the split calibrate). With --line within nothing is flagged, and its ' +
      'images are ranked among themselves. --line model gives it back to the line of the model.',
  ],
  arguments: { project: projectArgument },
  options: {
    model: modelOption,
    dataset: { kind: 'text', placeholder: 'NAME', meaning: 'a scored dataset', required: true },
    line: {
      kind: 'choice',
      choices: batchLines,
      meaning: 'the line of this dataset for this model',
    },
  },
  examples: [
    {
      words: 'batch Cells.normscope --model 1 --dataset monday',
      meaning: 'Says whether the images of monday look like those that model 1 learnt.',
    },
    {
      words: 'batch Cells.normscope --model 1 --dataset monday --line normals',
      meaning: 'Sets the line of monday on its own normal images.',
    },
  ],
  run: async (given, shell) => {
    const { project, dataset, line } = given;
    const modelId = parseId('model', given.model);
    return await withProject(shell, project, {}, async (client) => {
      if (line !== undefined) {
        const imageIds = line === 'normals' ? await normalsOf(client, dataset) : undefined;
        await client.call('batches.setLine', { modelId, dataset, line, imageIds });
      }
      const found = await client.call('batches.examine', { modelId, dataset });
      shell.answer({ model: modelId, dataset, batch: found });
      if (found === null) shell.say('No image of this dataset has a score yet. Score it first.');
      else shell.say(...examinationLines(found));
      return found === null ? 1 : 0;
    });
  },
});

async function normalsOf(client: CoreClient, dataset: string): Promise<number[] | undefined> {
  const ids = await client.call('images.ids', { dataset, role: 'normal' });
  return ids.length === 0 ? undefined : ids.slice(0, 10_000);
}

export function examinationLines(found: BatchExamination): readonly string[] {
  const { images, share, measures, parts, by, line } = found;
  const lines = warningLines(found);
  const columns: readonly Column[] = [
    { title: 'compared' },
    { title: 'distance', align: 'right' },
    { title: '' },
  ];
  const rows = measures.map(({ name, distance, differs }) => [
    ...[differenceWords[name], significant(distance, 2), differs ? 'differs' : 'alike'],
  ]);
  return [
    ...(lines.length === 0 ? ['The batch looks like what the model learnt.', ''] : [...lines, '']),
    share === null
      ? `${count(images)} images without a line.`
      : `${count(share.flagged)} of ${count(share.images)} images above the line; ` +
        `${percent(share.expectedShare)} of normal images expected.`,
    ...(line === 'normals' ? ['The line was set on normal images of this dataset.'] : []),
    ...(line === 'within' ? ['Its images are ranked among themselves.'] : []),
    '',
    ...table(columns, rows),
    ...parts.map(
      (part) =>
        `${by} ${part.name}: ${count(part.flagged)} of ${count(part.images)} above the line`,
    ),
  ];
}
