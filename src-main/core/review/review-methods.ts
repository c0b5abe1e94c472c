// The methods with which a client reviews the images that a model ranks.

import type { coreMethods } from '#contract/core.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Features } from '../scores/features.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { listReviews } from '../store/reviews.ts';
import { agreementOf, reviewersOf } from './agreement.ts';
import { categories, setCategories } from './categories.ts';
import type { Edits } from '../edits/edits.ts';
import { exportCsv } from './export-csv.ts';
import { exportCopies, exportPaths } from './export-files.ts';
import { exportReport, type AttributionOf } from './export-report.ts';
import { neighboursOf } from './neighbours.ts';
import { reviewQueue } from './queue.ts';
import { scoreCurves, scoreDistribution } from '../scores/score-figures.ts';
import { previewThreshold, setThreshold } from '../scores/thresholds.ts';

type ReviewMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'reviews.add'
  | 'reviews.queue'
  | 'reviews.list'
  | 'reviews.reviewers'
  | 'reviews.agreement'
  | 'reviews.categories'
  | 'reviews.setCategories'
  | 'thresholds.preview'
  | 'thresholds.set'
  | 'scores.distribution'
  | 'scores.curves'
  | 'scores.neighbours'
  | 'exports.csv'
  | 'exports.copies'
  | 'exports.paths'
  | 'exports.report'
>;

export interface ReviewPorts {
  readonly database: ProjectDatabase;
  readonly now: () => Date;
  readonly edits: Edits;
  readonly features: Features;
  /** The attribution of these images, in paragraphs for a report. */
  readonly attribution: AttributionOf;
  /** The project's, absolute. */
  readonly folder: string;
}

export function reviewMethods(ports: ReviewPorts): ReviewMethods {
  const { database, edits } = ports;
  return {
    'reviews.add': ({ modelId = null, note, category = null, blind, resolves, ...rest }) => {
      if (modelId !== null) database.read((reader) => trainedModel(reader, modelId));
      const how = { category, isBlind: blind, isResolution: resolves };
      return { state: edits.review({ ...rest, ...how, modelId, note: note || null }) };
    },
    'reviews.reviewers': ({ dataset }) => database.read((reader) => reviewersOf(reader, dataset)),
    'reviews.agreement': ({ dataset, reviewers }) =>
      database.read((reader) => agreementOf(reader, dataset, reviewers)),
    'reviews.categories': () => database.read(categories),
    'reviews.setCategories': ({ categories: chosen }) =>
      database.transact((writer) => setCategories(writer, chosen)),
    'reviews.queue': (request) => database.read((reader) => reviewQueue(reader, request)),
    'reviews.list': ({ dataset, ...request }) =>
      database.read((reader) => {
        const datasetId = dataset === undefined ? null : datasetNamed(reader, dataset);
        return listReviews(reader, { ...request, datasetId });
      }),
    'thresholds.preview': (wish) => database.read((reader) => previewThreshold(reader, wish)),
    'thresholds.set': (wish) => database.transact((writer) => setThreshold(writer, wish)),
    'scores.distribution': (request) =>
      database.read((reader) => scoreDistribution(reader, request)),
    'scores.curves': (request) => database.read((reader) => scoreCurves(reader, request)),
    'scores.neighbours': (request) => neighboursOf(ports, request),
    'exports.csv': (request) => exportCsv(ports, request),
    'exports.copies': (request) => exportCopies(ports, request),
    'exports.paths': (request) => exportPaths(ports, request),
    'exports.report': (request) => exportReport(ports, request),
  };
}
