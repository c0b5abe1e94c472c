// `normscope demo`: all steps on the bundled sample, from images to a ranked list and a report.

import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Baseline, Evaluation, RankedImage } from '#contract/core.ts';
import { command } from '../../command.ts';
import { evaluationLines, ownBaselines, type NamedBaseline } from '../../evaluating.ts';
import { duration, part } from '#domain/figures.ts';
import { lineSentence } from '#domain/batches/line-words.ts';
import { importLines, isComplete, runImport } from '../../importing.ts';
import { rankOneWay } from '../../one-way.ts';
import { openFile } from '../../open-file.ts';
import { printable } from '#domain/printable.ts';
import { withProject, type CoreClient } from '../../project.ts';
import { sampleAttribution } from '#core/project/sample.ts';
import { writeReport } from '#core/review/report/write.ts';
import { rankedLines } from '../../scoring.ts';
import type { Shell } from '../../shell.ts';
import type { TrainedRun } from '../../training.ts';

const sample = fileURLToPath(new URL('../../../../../resources/sample/', import.meta.url));
const cells = { dataset: 'blood cells', archive: 'blood-cells.zip' } as const;
const photographs = { dataset: 'natural images', archive: 'natural-images.zip' } as const;

const training = {
  dataset: cells.dataset,
  preset: 'quick' as const,
  specimen: 'stained' as const,
  outliers: [{ name: photographs.dataset, weight: 1 }],
  shifts: ['cut-mix', 'cut-out', 'small-paste'].map((name) => ({ name, weight: 1 })),
  rank: true,
};

const strangest = 10;

export const demo = command({
  summary: 'Trains a detector on the bundled sample and ranks its images: a first look',
  about: [
    'Imports about 700 blood cells and 300 photographs, ranks the cells with a frozen network within a ' +
      'minute, trains the quick preset on the lymphocytes with the photographs and three shift transforms as ' +
      'outliers, and scores cells of other types and lymphocytes that it has not seen. It prints how well ' +
      'the two are separated, beside thumbnails, the network with random weights and the frozen network, and ' +
      'which of the models ranks. A page with all ranked pictures is written into the ' +
      "project's folder exports. Takes less than 3 minutes on two processor cores.",
    'Running it again uses the same project, where the images are then known, and trains a new run ' +
      'in it; delete the folder to start over.',
  ],
  arguments: {},
  options: {
    project: {
      kind: 'text',
      placeholder: 'P',
      standard: 'demo/Sample.normscope',
      meaning: 'the project to use or to make',
    },
    open: { kind: 'switch', meaning: 'open the page in the browser at the end' },
  },
  examples: [
    { words: 'demo --open', meaning: 'The demonstration, and its page in the browser.' },
    {
      words: 'demo --project /tmp/Try.normscope --json',
      meaning: 'In another folder, with the figures of "evaluate" and the baseline as JSON.',
    },
  ],
  run: async ({ project, open }, shell) => {
    const start = shell.now();
    const result = await withProject(shell, project, { create: true }, (client) =>
      walk(client, shell, project),
    );
    const { evaluation, frozen, ranking, baselines, ranked, trained, report, complete } = result;
    const baseline = baselines[0]!;
    const seconds = (shell.now() - start) / 1000;
    shell.answer({
      ...evaluation,
      ...baselineFigures(baseline),
      baselines,
      frozen: frozen && { model: frozen.model, ...frozen.scores[frozen.rankBy] },
      comparison: trained.run.comparison,
      seconds,
      run: trained.run.id,
      report,
    });
    shell.say(
      '',
      ...evaluationLines(evaluation, [...baselines, ...(frozen ? [frozenRow(frozen)] : [])]),
      '',
      `The ${strangest} strangest images`,
      ...rankedLines(ranked.slice(0, strangest)),
      '',
      ...verdict(trained, ranking),
      `All in ${duration(seconds)}. The ranked pictures are in`,
      `  ${printable(report)}`,
    );
    if (open) await openFile(report, shell);
    return complete ? 0 : 1;
  },
});

/** The baseline in the JSON, also by `floor`, its former name, which is kept for scripts for one version. */
export function baselineFigures({ auroc, auroc95 }: Baseline) {
  return { baseline: { auroc, auroc95 }, floor: { auroc, auroc95 } };
}

interface Walked {
  /** Of the trained model. */
  readonly evaluation: Evaluation;
  /** Of the frozen network on the same images; null when there was no run of it. */
  readonly frozen: Evaluation | null;
  /** The one of the two whose model ranks. */
  readonly ranking: Evaluation;
  /** Thumbnails first. */
  readonly baselines: readonly NamedBaseline[];
  /** By the model that ranks. */
  readonly ranked: readonly RankedImage[];
  readonly trained: TrainedRun;
  /** The page's path. */
  readonly report: string;
  readonly complete: boolean;
}

async function walk(client: CoreClient, shell: Shell, project: string): Promise<Walked> {
  const before = (await client.call('runs.list', {})).length;
  const again = before === 0 ? '' : ', again: a new run in it';
  shell.say(`Project ${printable(project)}${again}`);
  const sets = [cells, { ...photographs, role: 'outlier' } as const];
  let complete = true;
  for (const { archive, ...input } of sets) {
    const imported = await runImport(client, shell, {
      ...input,
      paths: [resolve(sample, archive)],
    });
    complete &&= isComplete(imported);
    // The photographs are of too many kinds to be named.
    const recognised = input.dataset === cells.dataset ? imported.recognised : [];
    shell.say(...importLines(input.dataset, { ...imported, recognised }));
  }
  const { trained, ranking: by } = await rankOneWay(client, shell, project, {
    kind: 'train',
    input: training,
  });
  const { modelId } = trained;
  const { comparison } = trained.run;
  const asked = { modelId, dataset: cells.dataset };
  const evaluation = await client.call('scores.evaluate', asked);
  const frozen =
    comparison &&
    (await client.call('scores.evaluate', { ...asked, modelId: comparison.otherModelId }));
  const baselines = await ownBaselines(client, shell, asked);
  // The list of the model that ranks.
  const ranking = by.modelId === modelId ? evaluation : frozen!;
  const ranked = await client.call('scores.rank', {
    ...{ ...asked, modelId: by.modelId, among: 'test', limit: 10_000 },
  });
  const report = await writeReport(project, {
    ...{ model: ranking.model, dataset: cells.dataset, threshold: ranking.threshold },
    title: 'Blood cells: what is strange in them',
    titleBlock: [
      ['Project', basename(project, '.normscope')],
      ['Dataset', cells.dataset],
      ['Judged by', 'nobody yet'],
    ],
    lead: lead(ranking),
    finding: null,
    about: about(trained, ranking),
    evaluation: ranking,
    baseline: baselines[0]!,
    progress: null,
    images: ranked,
    settings: settingsOf(trained),
    attribution: await sampleAttribution(ranked),
    createdAt: new Date(),
  });
  return { evaluation, frozen, ranking, baselines, ranked, trained, report, complete };
}

/** The row of the frozen network's own score. */
function frozenRow({ scores, rankBy, counts }: Evaluation): NamedBaseline {
  return { name: 'frozen network', ...scores[rankBy]!, counts };
}

/** Which model ranks, and why. */
function verdict({ run }: TrainedRun, { scores, rankBy }: Evaluation): readonly string[] {
  if (run.comparison === null) return [];
  return [
    `${run.comparison.reason} On the test images its AUROC is ${part(scores[rankBy]!.auroc)}.`,
  ];
}

/** Its one figure: what the line finds. */
function lead({ flagged, counts, threshold }: Evaluation): string {
  if (flagged === null || threshold === null) return '';
  const anomalies = { above: flagged.anomalous, of: counts.anomalous };
  const normals = { above: flagged.normal, of: counts.normal };
  const around = { all: anomalies, anomalies, normals, unlabelled: { above: 0, of: 0 } };
  return `${lineSentence({ falseAlarms: threshold.falseAlarms, around })}.`;
}

function about({ run }: TrainedRun, { counts }: Evaluation): string {
  const seconds = run.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const detector =
    run.comparison?.ranks === 'other'
      ? 'A frozen network that has seen other lymphocytes'
      : `A detector trained for ${duration(seconds)} on lymphocytes`;
  return (
    `${detector} ranks ${counts.normal} other lymphocytes and ${counts.anomalous} cells of other types, ` +
    'none of which it has seen.'
  );
}

function settingsOf({ run, modelId }: TrainedRun): readonly (readonly [string, string])[] {
  return [
    ['method', run.method],
    ['preset', run.preset],
    ['specimen', training.specimen],
    ['outlier sources', training.outliers.map(({ name }) => name).join(', ')],
    ['shift transforms', training.shifts.map(({ name }) => name).join(', ')],
    ['steps', String(run.stepsDone)],
    ['seed', String(run.seed)],
    ['engine', run.engine],
    ['run and model', `${run.id} and ${modelId}`],
    ['snapshot', run.snapshotHash.slice(0, 12)],
    ['Normscope', run.codeVersion],
  ];
}
