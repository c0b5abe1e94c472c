// The report of a model on a dataset: its figures, the strangest images, and what reviewers found.

import { basename } from 'node:path';
import type { Evaluation } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { counted } from '#domain/figures.ts';
import { lineSentence } from '#domain/line-words.ts';
import { zonedTime } from '#domain/local-time.ts';
import { findCard, scoreTitle } from '#domain/methods/methods.ts';
import { neverStop } from '#domain/stop.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { aroundLine } from '../scores/around-line.ts';
import { examineBatch } from '../scores/batch/examine.ts';
import { lineOf } from '../scores/batch/line.ts';
import { evaluate } from '../scores/evaluate.ts';
import { trainedModel, type TrainedModel } from '../scores/scoring-model.ts';
import type { Reader } from '../store/database.ts';
import { importedBetween } from '../store/images/datasets.ts';
import { lastScoring } from '../store/jobs.ts';
import { standingReviews } from '../store/reviews.ts';
import { exportFolder, type ExportPorts } from './export-files.ts';
import { placedImages, wanted, type ExportRequest } from './export-images.ts';
import { reviewQueue } from './queue.ts';
import type { JudgedImage } from './report/report.ts';
import { writeReport, type ReportContents } from './report/write.ts';

export interface ReportRequest extends ExportRequest {
  /** The number of strangest images shown of "all", in addition to all reviewed ones. */
  readonly pictures: number;
  readonly note?: string | undefined;
}

interface ReportPorts extends ExportPorts {
  readonly attribution: AttributionOf;
}

export type AttributionOf = (
  images: readonly { readonly path: string }[],
) => Promise<readonly string[]>;

/** Throws `not-found`, and as `writeReport`. */
export async function exportReport(
  ports: ReportPorts,
  request: ReportRequest,
): Promise<{ path: string; images: number }> {
  const { database, folder, now } = ports;
  const target = await exportFolder(folder, request.folder);
  const batch = await examineBatch(request, neverStop, ports);
  const contents = database.read((reader) =>
    contentsOf(reader, { request, project: basename(folder, '.normscope'), now: now() }),
  );
  const attribution = await ports.attribution(contents.images);
  const finding = batch?.sentence ?? null;
  const path = await writeReport(folder, { ...contents, finding, attribution, folder: target });
  return { path, images: contents.images.length };
}

function contentsOf(
  reader: Reader,
  { request, project, now }: { request: ReportRequest; project: string; now: Date },
): Omit<ReportContents, 'attribution' | 'finding'> {
  const { modelId, dataset, pictures } = request;
  const trained = trainedModel(reader, modelId);
  const { config } = trained;
  // A training image is not evidence about the model; its review counts all the same.
  const standing = standingReviews(reader);
  const images = placedImages(reader, request)
    .filter(({ imageId, place }) => place !== null || standing.has(imageId))
    .map((image): JudgedImage => {
      const judged = standing.get(image.imageId);
      return judged ? { ...image, judged, isLearnt: image.place === null } : image;
    });
  const evaluation = measured(reader, modelId, dataset);
  const queue = { modelId, dataset, show: 'all', flaggedOnly: true, offset: 0, limit: 1 } as const;
  const threshold = lineOf(reader, { modelId, dataset }, config.settings.rankBy);
  const fits = wanted(request, standing);
  return {
    ...{ model: modelId, dataset, images, createdAt: now, threshold },
    isShown: (image) => {
      if (request.what === 'selection') return fits(image);
      if (image.judged !== undefined) {
        return request.what !== 'anomalous' || image.judged.verdict === 'anomalous';
      }
      return request.what === 'all' ? image.place <= pictures : fits(image);
    },
    title: `${dataset}: what is strange in it`,
    titleBlock: titleBlock(reader, { request, project, now, images }),
    lead:
      threshold === null
        ? 'No line: the images are ranked, and none is flagged'
        : `${lineSentence({ ...threshold, around: aroundLine(reader, { modelId, dataset }, threshold) })}.`,
    about:
      `Model ${modelId}, trained on the normal images of “${config.dataset}”, ranks the images of ` +
      `“${dataset}” that it has not seen in training.`,
    evaluation,
    baseline: null,
    progress: reviewQueue(reader, queue).progress,
    settings: [...settingsOf(trained), ...(evaluation ? scoredWhen(evaluation) : [])],
  };
}

function titleBlock(
  reader: Reader,
  asked: { request: ReportRequest; project: string; now: Date; images: readonly JudgedImage[] },
): readonly (readonly [string, string])[] {
  const { request, project, now, images } = asked;
  const { modelId, dataset, note } = request;
  const reviewers = new Set(images.flatMap(({ judged }) => judged?.reviewer ?? []));
  const scored = lastScoring(reader, modelId, dataset);
  const imported = importedBetween(reader, datasetNamed(reader, dataset));
  const day = (time: string) => zonedTime(new Date(time)).slice(0, 10);
  const between =
    imported === null
      ? []
      : day(imported.first) === day(imported.last)
        ? [day(imported.first)]
        : [`${day(imported.first)} to ${day(imported.last)}`];
  return [
    ['Project', project],
    ['Dataset', `${dataset} (${counted(images.length, 'image')})`],
    ...between.map((words) => ['Images imported', words] as const),
    ...(scored === null ? [] : [['Scored', zonedTime(new Date(scored))] as const]),
    ['Report written', zonedTime(now)],
    ['Judged by', reviewers.size === 0 ? 'nobody yet' : [...reviewers].join(', ')],
    ...(note === undefined || note === '' ? [] : [['Note', note] as const]),
  ];
}

/** null when there is nothing to measure with: a report of verdicts needs none. */
function measured(reader: Reader, modelId: number, dataset: string): Evaluation | null {
  try {
    return evaluate(reader, modelId, dataset);
  } catch (error) {
    if (error instanceof Failure && error.code === 'bad-input') return null;
    throw error;
  }
}

function scoredWhen({ lineage }: Evaluation): readonly (readonly [string, string])[] {
  return lineage.scoredAt === null ? [] : [['scored', zonedTime(new Date(lineage.scoredAt))]];
}

function settingsOf({ run, config, model }: TrainedModel): readonly (readonly [string, string])[] {
  const names = (sources: readonly { readonly name: string }[]) =>
    sources.map(({ name }) => name).join(', ') || 'none';
  const { engine, device } = run;
  return [
    ['method', findCard(run.method)?.title ?? run.method],
    ['ranked by', scoreTitle(config.settings.rankBy)],
    ['preset', run.preset],
    ['specimen', config.specimen],
    ['outlier sources', names(config.outliers)],
    ['shift transforms', names(config.shifts)],
    ['steps', String(run.stepsDone)],
    ['seed', String(run.seed)],
    // Why it was chosen may be a loader's error, which says nothing of the results.
    ['engine', device === null ? engine : `${engine} (${device})`],
    ['run and model', `${run.id} and ${model.id}`],
    ['snapshot', run.snapshotHash.slice(0, 12)],
    ['Normscope', run.codeVersion],
  ];
}
