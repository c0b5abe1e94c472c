// `normscope run`: import, train, score and report in one command.

import { basename, dirname, join, resolve } from 'node:path';
import type { RunSummary } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { count, counted, duration } from '#domain/figures.ts';
import { methodNames, isTrained } from '#domain/methods/methods.ts';
import { printable } from '#domain/printable.ts';
import { builtInPack, takesShifts, takesSources } from '#domain/run-outliers.ts';
import { presetMethod, presetNames, specimenNames } from '#domain/run-settings.ts';
import { withAdviceProgress } from '../../advising.ts';
import { parseSetting } from '../../arguments.ts';
import { classesOf, classLines } from '../../class-roles.ts';
import { command } from '../../command.ts';
import { counting, followJob } from '../../follow-job.ts';
import { importLines, isComplete, runImport } from '../../importing.ts';
import { engineOption } from '../../options/engine-option.ts';
import { rankedBy, rankOneWay, type RankedWay, type TrainingInput } from '../../one-way.ts';
import { openFile } from '../../open-file.ts';
import { withProject, type CoreClient } from '../../project.ts';
import { rankedLines, runScoring, scoringLines } from '../../scoring.ts';
import type { Shell } from '../../shell.ts';
import { thresholdLine } from '../../training.ts';

const strangest = 10;

export const run = command({
  summary: 'Imports folders, trains, scores every image and writes a report: all in one',
  about: [
    'Each folder in a FOLDER is a class. Which class is normal follows from its name (normal, good, control, ' +
      'healthy, wt, dmso …) or is said with --normal; known anomalies test the model, and all other images are ' +
      'to be judged. The table of classes is printed before anything is trained.',
    'The images are ranked by a frozen network within about a minute; then a network is trained, which ranks where ' +
      'it is better on validation data. Outliers are the photographs that come with Normscope and the shift ' +
      'transforms that the advisor recommends. Every image is scored, and the strangest that the model was not ' +
      'taught are printed and put into a report.',
    'Run it again to continue: images that are imported are not read again, a training that was stopped is ' +
      'resumed, and after a finished one new images are scored. The exit code is 0 when everything was done, 1 ' +
      'when an image could not be read, 2 for wrong options, 130 when it was stopped.',
  ],
  arguments: {
    folders: { placeholder: 'FOLDER', meaning: 'folders, archives or tables', many: true },
  },
  options: {
    project: {
      kind: 'text',
      placeholder: 'P',
      meaning: 'the project; when left out NAME.normscope beside the first FOLDER',
    },
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset; when left out the name of the first FOLDER',
    },
    normal: {
      kind: 'text',
      placeholder: 'CLASS',
      many: true,
      meaning: 'a class that is normal; when left out those whose names say so',
    },
    specimen: {
      kind: 'choice',
      choices: specimenNames,
      standard: 'stained',
      meaning: 'how far the colours of a normal image may vary',
    },
    preset: {
      kind: 'choice',
      choices: presetNames,
      standard: 'quick',
      meaning: 'size of network and length of training',
    },
    method: {
      kind: 'choice',
      choices: methodNames,
      meaning: 'the method; frozen trains nothing and is done within about a minute',
    },
    minutes: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 100_000,
      meaning: 'trains with fewer steps, so that all of it takes about N minutes at most',
    },
    set: {
      kind: 'text',
      placeholder: 'KEY=VALUE',
      many: true,
      meaning: 'one setting, see "normscope help train"',
    },
    engine: engineOption,
    again: { kind: 'switch', meaning: 'train a new run although one has finished' },
    open: { kind: 'switch', meaning: 'open the report in the browser at the end' },
  },
  examples: [
    {
      words: 'run cells/ --normal neutrophil --minutes 10',
      meaning: 'Class folders, one of which is normal, in about ten minutes.',
    },
    { words: 'run plate7/ --method frozen --json', meaning: 'A ranked list without training.' },
  ],
  run: async (given, shell) => {
    const begin = shell.now();
    const first = resolve(given.folders[0]!);
    const name = nameOf(first);
    const project = given.project ?? join(dirname(first), `${name}.normscope`);
    const dataset = given.dataset ?? name;
    const wish: Wish = { ...given, project, dataset, method: given.method };
    const done = await withProject(shell, project, { create: true }, async (client) => {
      shell.say(`Project ${printable(project)}`);
      const complete = await importAll(client, shell, wish);
      const way = await train(client, shell, wish);
      const { modelId } = way.ranking;
      const { path: report } = await client.call('exports.report', { modelId, dataset });
      const asked = { modelId, dataset, among: 'new', limit: strangest } as const;
      const images = await client.call('scores.rank', asked);
      return { complete, way, report, images };
    });
    const { way, report, images, complete } = done;
    const seconds = (shell.now() - begin) / 1000;
    shell.answer({
      project: resolve(project),
      dataset,
      ...answerOf(way),
      report,
      images,
      seconds: {
        firstRanking: way.firstRankingSeconds,
        all: seconds,
      },
    });
    shell.say(...resultLines(way), '', ...rankedLines(images), '');
    shell.say(`All in ${duration(seconds)}. The report is in`, `  ${printable(report)}`);
    if (given.open) await openFile(report, shell);
    return complete ? 0 : 1;
  },
});

interface Wish extends Pick<TrainingInput, 'specimen' | 'preset' | 'engine'> {
  readonly folders: readonly string[];
  readonly project: string;
  readonly dataset: string;
  readonly normal: readonly string[];
  readonly set: readonly string[];
  readonly method: NonNullable<TrainingInput['method']> | undefined;
  readonly minutes: number | undefined;
  readonly again: boolean;
}

/** Without the ending of an archive. */
function nameOf(path: string): string {
  return basename(path).replace(/\.(zip|tar\.gz|tgz|tar|csv)$/i, '') || 'images';
}

/** Whether all of it was imported. */
async function importAll(client: CoreClient, shell: Shell, wish: Wish): Promise<boolean> {
  const { dataset, normal } = wish;
  const paths = wish.folders.map((path) => resolve(path));
  const preview = await client.call('images.preview', { paths, dataset });
  const classes = classesOf(preview, normal);
  if (classes.length > 0) shell.say(...classLines(classes), '');
  const normals = classes
    .filter(({ role }) => role === 'normal')
    .reduce((sum, { images }) => sum + images, 0);
  if (normals === 0 && preview.images > 0) {
    throw new Failure(
      'bad-input',
      'No class is normal by its name. Say which one is with --normal CLASS: ' +
        `${classes.map((one) => printable(one.name ?? '(no class)')).join(', ')}.`,
    );
  }
  const named = classes.filter(({ name }) => name !== null && normal.length > 0);
  const classRoles = named.map(({ name, role }) => ({ class: name, role }));
  const result = await runImport(client, shell, {
    ...{ paths, dataset },
    ...(classRoles.length === 0 ? {} : { classRoles }),
  });
  shell.say(...importLines(dataset, { ...result, recognised: [] }));
  return isComplete(result);
}

async function train(client: CoreClient, shell: Shell, wish: Wish): Promise<RankedWay> {
  const { dataset, engine, project } = wish;
  const before = (await client.call('runs.list', {})).filter(
    (run) => run.dataset === dataset && run.method !== 'refit',
  );
  // The frozen run before a training has the same images and ends first.
  const newest = before.findLast(({ method }) => method !== 'frozen') ?? before.at(-1);
  if (newest && !wish.again) {
    if (newest.state !== 'succeeded') {
      shell.note(`Run ${newest.id} is resumed.`);
      return await rankOneWay(client, shell, project, { kind: 'resume', runId: newest.id });
    }
    return await scoreNew(client, shell, newest, engine);
  }
  const input = await trainingInput(client, shell, wish);
  const { checks, refusal } = await client.call('runs.preflight', input);
  if (refusal !== null) throw new Failure('too-few-images', refusal);
  const marks = { ok: '+', warning: '!', refused: '-' } as const;
  shell.say(...checks.map(({ state, text }) => `${marks[state]} ${printable(text)}`));
  return await rankOneWay(client, shell, project, { kind: 'train', input });
}

/** Of a training that has finished: images that were imported since. */
async function scoreNew(
  client: CoreClient,
  shell: Shell,
  { id, modelId }: RunSummary,
  engine: TrainingInput['engine'] = 'auto',
): Promise<RankedWay> {
  shell.note(
    `Run ${id} has finished: new images are scored by its models. Train again with --again.`,
  );
  const run = await client.call('runs.show', { runId: id });
  const known = { run, modelId: modelId! };
  const models = new Set([modelId!, run.comparison?.otherModelId ?? modelId!]);
  for (const model of models) {
    const outcome = await runScoring(client, shell, {
      modelId: model,
      dataset: run.dataset,
      engine,
    });
    shell.say(...scoringLines(outcome));
  }
  return { ...(await rankedBy(client, known)), firstRankingSeconds: null };
}

async function trainingInput(client: CoreClient, shell: Shell, wish: Wish): Promise<TrainingInput> {
  const { dataset, preset = 'quick', specimen, engine, minutes } = wish;
  const method = wish.method ?? presetMethod[preset];
  const sources = takesSources(method) ? await sourcesOf(client, shell) : [];
  const input: TrainingInput = {
    ...{ dataset, preset, specimen, method, engine, rank: true },
    overrides: Object.fromEntries(wish.set.map(parseSetting)),
    ...(takesShifts(method) || sources.length > 0
      ? await mixOf(client, shell, { dataset, specimen, method, sources })
      : {}),
  };
  if (minutes === undefined || !isTrained(method)) return input;
  return await within(client, shell, input, minutes);
}

/** Outlier sources of the project, with the photographs that come with Normscope. */
async function sourcesOf(client: CoreClient, shell: Shell): Promise<string[]> {
  const datasets = await client.call('datasets.list', {});
  const names = datasets.filter(({ roles }) => (roles.outlier ?? 0) > 0).map(({ name }) => name);
  if (datasets.some(({ name }) => name === builtInPack)) return names;
  const { jobId } = await client.call('outliers.importPack', {});
  await followJob(client, jobId, shell, {
    progress: shell.progress('Importing photographs as outliers'),
    advance: counting('files'),
    whenStopped: () => '. Run the same command again to continue.',
  });
  return [...names, builtInPack];
}

async function mixOf(
  client: CoreClient,
  shell: Shell,
  asked: {
    dataset: string;
    specimen: Wish['specimen'];
    method: NonNullable<Wish['method']>;
    sources: string[];
  },
): Promise<Pick<TrainingInput, 'outliers' | 'shifts' | 'recommended'>> {
  const mix = await withAdviceProgress(client, shell, (signal) =>
    client.call('mix.recommend', asked, signal),
  );
  shell.note(printable(mix.sentence));
  return { outliers: [...mix.outliers], shifts: [...mix.shifts], recommended: mix.sentence };
}

/** With fewer steps where all of it would take longer. */
async function within(
  client: CoreClient,
  shell: Shell,
  input: TrainingInput,
  minutes: number,
): Promise<TrainingInput> {
  const { parts, seconds, steps, stepMilliseconds } = await client.call('runs.estimate', input);
  const left = 60 * minutes - (seconds - parts.training);
  const most = Math.max(1, Math.floor((1000 * left) / stepMilliseconds));
  if (most >= steps) return input;
  shell.note(
    `${counted(most, 'step')} instead of ${count(steps)}, so that all of it takes about ${minutes} min.`,
  );
  return { ...input, overrides: { ...input.overrides, steps: most } };
}

function answerOf({ trained, ranking, counts }: RankedWay): object {
  return {
    model: ranking.modelId,
    run: trained.run.id,
    ranking: { score: ranking.run.threshold?.scoreName ?? null, why: ranking.why },
    counts: {
      taught: counts.taught.scored,
      scored: counts.new.scored,
      flagged: counts.new.flagged,
    },
    threshold: ranking.run.threshold,
    warnings: trained.run.warnings,
  };
}

function resultLines({ ranking, counts }: RankedWay): readonly string[] {
  const { scored, flagged } = counts.new;
  const { threshold } = ranking.run;
  const above = flagged === null ? '' : `, ${count(flagged)} of them above the threshold`;
  return [
    '',
    printable(ranking.why),
    ...(threshold === null ? [] : [thresholdLine(threshold)]),
    `${counted(scored, 'image')} that the model was not taught: ranked${above}. The strangest:`,
  ];
}
