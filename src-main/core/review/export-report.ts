// The report of a model on a dataset: its figures, the strangest images, and what reviewers found.

import type { Evaluation } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { zonedTime } from '#domain/local-time.ts';
import { runEngineInWords } from '#domain/engines/run-engine.ts';
import { lineOf } from '../scores/batch/line.ts';
import { evaluate } from '../scores/evaluate.ts';
import { rank } from '../scores/rank.ts';
import { imagesSeen } from '../runs/run-items.ts';
import { trainedModel, type TrainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { standingReviews } from '../store/reviews.ts';
import { reviewQueue } from './queue.ts';
import type { JudgedImage } from './report/report.ts';
import { writeReport, type ReportContents } from './report/write.ts';

export interface ReportRequest {
  readonly modelId: number;
  readonly dataset: string;
  /** The number of strangest images shown, in addition to all reviewed ones. */
  readonly pictures: number;
}

interface ReportPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly now: () => Date;
  readonly attribution: AttributionOf;
}

export type AttributionOf = (
  images: readonly { readonly path: string }[],
) => Promise<readonly string[]>;

/** Throws `not-found`, and as `writeReport`. */
export async function exportReport(
  { database, folder, now, attribution: attributionOf }: ReportPorts,
  request: ReportRequest,
): Promise<{ path: string; images: number }> {
  const contents = database.read((reader) => contentsOf(reader, request, now()));
  const attribution = await attributionOf(contents.images);
  const path = await writeReport(folder, { ...contents, attribution });
  return { path, images: contents.images.length };
}

function contentsOf(
  reader: Reader,
  { modelId, dataset, pictures }: ReportRequest,
  createdAt: Date,
): Omit<ReportContents, 'attribution'> {
  const trained = trainedModel(reader, modelId);
  const { run, config } = trained;
  // A training image is not evidence about the model; its review counts all the same.
  const seen = imagesSeen(reader, run);
  const standing = standingReviews(reader);
  const images = rank(reader, { modelId, dataset, offset: 0, limit: -1 })
    .filter(({ imageId }) => !seen.has(imageId) || standing.has(imageId))
    .map((image): JudgedImage => {
      const judged = standing.get(image.imageId);
      return judged ? { ...image, judged, isLearnt: seen.has(image.imageId) } : image;
    });
  const evaluation = measured(reader, modelId, dataset);
  const queue = { modelId, dataset, show: 'all', flaggedOnly: true, offset: 0, limit: 1 } as const;
  return {
    ...{ model: modelId, dataset, pictured: pictures, images, createdAt },
    title: `${dataset}, strangest first`,
    about:
      `Model ${modelId}, trained on the normal images of “${config.dataset}”, ranks the images of ` +
      `“${dataset}” that it has not seen in training.`,
    threshold: lineOf(reader, { modelId, dataset }, config.settings.rankBy),
    evaluation,
    baseline: null,
    progress: reviewQueue(reader, queue).progress,
    settings: [...settingsOf(trained), ...(evaluation ? scoredWhen(evaluation) : [])],
  };
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
  return [
    ['method', run.method],
    ['preset', run.preset],
    ['specimen', config.specimen],
    ['outlier sources', names(config.outliers)],
    ['shift transforms', names(config.shifts)],
    ['steps', String(run.stepsDone)],
    ['seed', String(run.seed)],
    ['engine', runEngineInWords(run)],
    ['run and model', `${run.id} and ${model.id}`],
    ['snapshot', run.snapshotHash.slice(0, 12)],
    ['Normscope', run.codeVersion],
  ];
}
