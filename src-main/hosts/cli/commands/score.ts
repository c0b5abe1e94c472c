// `normscope score`: anomaly scores for images.

import { basename, resolve } from 'node:path';
import { givenPath } from '#core/archives/existing-path.ts';
import { Failure } from '#domain/failure.ts';
import { localTime } from '#domain/local-time.ts';
import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { modelOption } from '../options/model-option.ts';
import { engineOption } from '../options/engine-option.ts';
import { importLines, isComplete, runImport } from '../importing.ts';
import { withProject } from '../project.ts';
import { rankedLines, runScoring, scoringLines } from '../scoring.ts';

export const score = command({
  summary: 'Scores images with a model and lists the strangest',
  about: [
    'Scores a dataset, or the images at PATH…, which are imported as unlabelled into a dataset made ' +
      'for them. An image that the model has scored before is not scored again, so a ' +
      'scoring that was stopped continues where it was.',
    'The anomaly score is higher for stranger images. "stranger than" is the share of the normal ' +
      'images held out for calibration that are less strange. Neither is a probability.',
  ],
  arguments: {
    project: projectArgument,
    paths: {
      placeholder: 'PATH',
      meaning: 'images, folders, archives or tables to score',
      many: true,
      optional: true,
    },
  },
  options: {
    model: modelOption,
    dataset: { kind: 'text', placeholder: 'NAME', meaning: 'the dataset to score' },
    top: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 10_000,
      standard: 10,
      meaning: 'how many of the strangest images are listed',
    },
    engine: engineOption,
  },
  examples: [
    {
      words: 'score Cells.normscope --model 1 --dataset cells',
      meaning: 'Scores a whole dataset.',
    },
    {
      words: 'score Cells.normscope --model 1 new-slide/ --top 30',
      meaning: 'Scores a folder of new images and lists the 30 strangest.',
    },
  ],
  run: async ({ project, paths, model, dataset, top, engine }, shell) => {
    const modelId = parseId('model', model);
    if ((dataset === undefined) === (paths.length === 0)) {
      throw new Failure(
        'bad-input',
        'Say what to score: either --dataset NAME, or the PATH of images. See "normscope help score".',
      );
    }
    return await withProject(shell, project, {}, async (client) => {
      const name = dataset ?? nameFor(paths, new Date());
      let complete = true;
      if (dataset === undefined) {
        const absolute = await Promise.all(paths.map((path) => givenPath(path, process.cwd())));
        const input = {
          paths: absolute,
          dataset: name,
          role: 'unlabelled',
          split: 'none',
        } as const;
        const imported = await runImport(client, shell, input);
        complete = isComplete(imported);
        if (!complete || imported.recognised.length > 0) shell.say(...importLines(name, imported));
      }
      const outcome = await runScoring(client, shell, { modelId, dataset: name, engine });
      const images = await client.call('scores.rank', { modelId, dataset: name, limit: top });
      shell.answer({ ...outcome, model: modelId, dataset: name, images });
      shell.say(...scoringLines(outcome), '', ...rankedLines(images));
      return complete && outcome.failed.length === 0 ? 0 : 1;
    });
  },
});

/** The dataset that is made for images given by path. */
export function nameFor(paths: readonly string[], now: Date): string {
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return `${basename(resolve(paths[0]!)).slice(0, 150)}${more}, scored ${localTime(now)}`;
}
