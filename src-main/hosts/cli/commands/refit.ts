// `normscope refit`: a model fitted again with the verdicts of a review.

import type { TrainOutcome } from '#contract/core.ts';
import { count } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { parseId } from '../arguments.ts';
import { command, projectArgument } from '../command.ts';
import { counting, followJob } from '../follow-job.ts';
import { modelOption } from '../options/model-option.ts';
import { withProject } from '../project.ts';
import { thresholdLine, trainedAnswer } from '../training.ts';

export const refit = command({
  summary: 'Fits a model again with the verdicts of a review, within seconds',
  about: [
    'Images that a reviewer has judged normal widen what is normal, and images that resemble those judged ' +
      'anomalous move up. No network is trained: the features of the images are taken from the cache. The ' +
      'result is a run and a model of its own with scores of all images; the earlier one stays as it is.',
    'The new list ranks only where it is better on judged images that it did not know: the verdicts are cross-validated, ' +
      'with whole groups (or else folders) kept out together, and compared with the earlier ranking. A ' +
      'sentence says which of the two ranks, and why.',
    'At least three images judged anomalous are needed. Verdicts on images with the split calibrate are not ' +
      'used, and images whose verdicts were used do not count in the evaluation of the new model.',
  ],
  arguments: { project: projectArgument },
  options: {
    model: modelOption,
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset that was reviewed (the one that the model was trained on)',
    },
    seed: {
      kind: 'integer',
      placeholder: 'N',
      min: 0,
      standard: 0,
      meaning: 'the seed that is stored with the run',
    },
  },
  examples: [
    {
      words: 'refit Cells.normscope --model 1',
      meaning: 'Uses the verdicts on the images that model 1 was trained on.',
    },
    {
      words: 'refit Cells.normscope --model 1 --dataset new --json',
      meaning: 'Uses the verdicts on another dataset too, for a script.',
    },
  ],
  run: async (given, shell) => {
    const { project, seed } = given;
    const modelId = parseId('model', given.model);
    return await withProject(shell, project, {}, async (client) => {
      const runs = await client.call('runs.list', {});
      const own = runs.find((run) => run.modelId === modelId)?.dataset;
      // The core says which model is missing.
      const dataset = given.dataset ?? own ?? 'unknown';
      const asked = { modelId, dataset };
      const { verdicts } = await client.call('refits.offer', asked);
      const { jobId, runId } = await client.call('refits.start', { ...asked, seed });
      const outcome = (await followJob(client, jobId, shell, {
        progress: shell.progress('Refitting'),
        advance: counting('images'),
        whenStopped: () => `. Continue with: ${shell.typed('resume', project, String(runId))}`,
      })) as TrainOutcome;
      const run = await client.call('runs.show', { runId });
      shell.answer({ ...trainedAnswer({ run, modelId: outcome.modelId }), verdicts });
      const left =
        verdicts.heldOut === 0 ? '' : ` (${count(verdicts.heldOut)} on held-out images left out)`;
      shell.say(
        ...run.warnings.map((text) => `Warning: ${printable(text)}`),
        `Model ${outcome.modelId} is ready: run ${runId}, refitted from model ${run.comparison!.otherModelId} with ` +
          `${count(verdicts.anomalous)} anomalous and ${count(verdicts.normal)} normal verdicts${left}.`,
        ...(run.threshold === null ? [] : [thresholdLine(run.threshold)]),
        run.comparison!.reason,
        'Next:',
        `  ${shell.typed('rank', project, '--model', String(outcome.modelId), '--dataset', dataset)}`,
      );
      return 0;
    });
  },
});
