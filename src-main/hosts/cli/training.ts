// Progress of a training run on the command line: the live line, the warnings, and how to resume.

import type {
  CoreEvents,
  Job,
  RunDetails,
  RunResources,
  Threshold,
  TrainOutcome,
} from '#contract/core.ts';
import { count, counted, duration, percent, rate, significant } from '#domain/figures.ts';
import { Failure } from '#domain/failure.ts';
import { findTerm } from '#domain/methods/methods.ts';
import { followJob } from './follow-job.ts';
import { printable } from '#domain/printable.ts';
import type { Advance } from './output/progress.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';

export interface TrainedRun {
  readonly run: RunDetails;
  readonly modelId: number;
}

const title = 'Training';

interface Started {
  readonly jobId: number;
  readonly runId: number;
  /** Finished before the training begins. */
  readonly frozen?: { readonly jobId: number; readonly runId: number } | null;
}

/**
 * Starts a training with `start`, or resumes one, and resolves when its model is finished. Throws
 * `stopped` with the command that resumes the run, and the run's failure.
 */
export async function followTraining(
  client: CoreClient,
  shell: Shell,
  project: string,
  start: () => Promise<Started>,
  onFirstRanking: () => void = () => undefined,
): Promise<TrainedRun> {
  const progress = shell.progress(title);
  const printed = new Set<string>();
  let followed: number | undefined;
  let latest: CoreEvents['run.step'] | undefined;
  const warn = (text: string) => {
    if (!printed.has(text)) progress.say(`Warning: ${printable(text)}`);
    printed.add(text);
  };
  const offs = [
    client.on('run.warning', ({ runId, text }) => {
      if (runId === followed) warn(text);
    }),
    client.on('run.step', (event) => {
      if (event.runId !== followed) return;
      latest = event;
      progress.update(stepAdvance(event));
    }),
  ];
  try {
    const { jobId, runId, frozen } = await start();
    if (frozen && (await followFrozen(client, shell, project, frozen, runId))) onFirstRanking();
    followed = runId;
    shell.note(`Run ${runId}`);
    const outcome = (await followJob(client, jobId, shell, {
      progress,
      advance: (job) => (latest && latest.step < latest.steps ? undefined : aroundSteps(job)),
      whenStopped: () => stoppedHint(client, shell, project, runId),
    })) as TrainOutcome;
    const run = await client.call('runs.show', { runId });
    run.warnings.forEach(warn);
    return { run, modelId: outcome.modelId };
  } finally {
    for (const off of offs) off();
  }
}

/** The run that ranks while the network is trained: whether it did. If it fails, the training continues without it. */
async function followFrozen(
  client: CoreClient,
  shell: Shell,
  project: string,
  { jobId, runId }: { readonly jobId: number; readonly runId: number },
  trainingId: number,
): Promise<boolean> {
  const frozen = String(runId);
  shell.note(`Run ${frozen}, which ranks with a frozen network first`);
  try {
    await followJob(client, jobId, shell, {
      progress: shell.progress('Ranking first'),
      advance: aroundSteps,
      whenStopped: () =>
        `. Resume with: ${shell.typed('resume', project, frozen)}, and the training with: ` +
        shell.typed('resume', project, String(trainingId)),
    });
    const { modelId, dataset, threshold } = await client.call('runs.show', { runId });
    if (modelId === null) return false;
    shell.note(
      `The images are ranked by model ${modelId}. See the list with: ` +
        shell.typed('score', project, '--model', String(modelId), '--dataset', dataset),
    );
    if (threshold !== null) shell.note(thresholdLine(threshold));
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'stopped') throw error;
    shell.note(
      `Warning: ${printable(error.message)} There is no ranking before the training ends.`,
    );
    return false;
  }
}

/** Before the first step the pixels are prepared, after the last one the threshold is computed. */
function aroundSteps({ done, total, note }: Job): Advance {
  const isSaid = note === null || note === title;
  return { done, total, unit: '', ...(isSaid ? {} : { details: [note] }) };
}

function stepAdvance(event: CoreEvents['run.step']): Advance {
  const { step, steps, loss, terms, imagesPerSecond } = event;
  const measured = Object.entries(terms).flatMap(([name, value]) => {
    const term = findTerm(name);
    return term?.chart === 'measure' ? [`${term.title} ${significant(value, 3)}`] : [];
  });
  const details = [
    `loss ${significant(loss)}`,
    ...(measured.length === 0 ? [] : [measured.join(', ')]),
    `${rate(imagesPerSecond)} images/s`,
  ];
  return { done: step, total: steps, unit: 'steps', details };
}

async function stoppedHint(
  client: CoreClient,
  shell: Shell,
  project: string,
  runId: number,
): Promise<string> {
  const { stepsDone, stepsTotal } = await client.call('runs.show', { runId });
  const isBegun = stepsDone > 0 && stepsTotal !== null;
  const where = isBegun ? ` at step ${count(stepsDone)} of ${count(stepsTotal)}` : '';
  const kept = isBegun ? 'A checkpoint is kept' : 'Settings and images of the run are kept';
  return `${where}. ${kept}; resume with: ${shell.typed('resume', project, String(runId))}`;
}

/** The result of a finished training, and the commands to type next. */
export function trainedLines(
  shell: Shell,
  project: string,
  { run, modelId }: TrainedRun,
): readonly string[] {
  const model = String(modelId);
  // A frozen network takes none.
  const steps = run.stepsDone === 0 ? '' : `, ${counted(run.stepsDone, 'step')}`;
  return [
    `Model ${model} is ready: run ${run.id}, ${run.method}${steps} on ${printable(run.device ?? run.engine)}.`,
    ...(run.resources === null ? [] : [`It took ${resourcesInWords(run.resources)}.`]),
    run.threshold === null
      ? 'There is no threshold: the dataset holds no normal images for calibration.'
      : thresholdLine(run.threshold),
    ...(run.comparison === null ? [] : [run.comparison.reason]),
    'Next:',
    `  ${shell.typed('score', project, '--model', model, '--dataset', run.dataset)}`,
    `  ${shell.typed('evaluate', project, '--model', model, '--dataset', run.dataset)}`,
  ];
}

/** Time, how much of it steps waited for views, memory, and the micro-batches of a step. */
export function resourcesInWords({
  seconds,
  waitSeconds,
  peakMemory,
  parts,
}: RunResources): string {
  const waited = percent(waitSeconds / Math.max(seconds, 1e-9));
  const memory = `${significant(peakMemory / 1e9, 3)} GB of memory at most`;
  const steps = parts === 1 ? '' : `, with gradient accumulation over ${parts} micro-batches`;
  return `${duration(seconds)} (${waited} of it waiting for views) and ${memory}${steps}`;
}

/** The threshold with its false-alarm budget. */
export function thresholdLine(threshold: Threshold): string {
  const { anomalyScore, falseAlarms, falseAlarms95, calibratedOn, scoreName } = threshold;
  const [low, high] = falseAlarms95.map(percent);
  return (
    `Threshold: ${scoreName} anomaly score ${significant(anomalyScore)}, for a false-alarm budget of ` +
    `${percent(falseAlarms)} (95 % interval ${low} to ${high}, from ${count(calibratedOn)} held-out ` +
    'normal images).'
  );
}

/** The answer of train and resume with --json. */
export function trainedAnswer({ run, modelId }: TrainedRun): object {
  const { id, method, preset, dataset, seed, engine, device, state, stepsDone } = run;
  return {
    ...{ run: id, model: modelId, state, method, preset, dataset, seed, engine, device },
    engineWhy: run.engineWhy,
    ...{ steps: stepsDone, threshold: run.threshold, warnings: run.warnings },
    resources: run.resources,
    comparison: run.comparison,
  };
}
