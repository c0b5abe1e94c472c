// Every migration, in order. A released one is never edited or removed; numbers step by ten.

import { initial } from './0010-initial.ts';
import { editsAndReviews } from './0020-edits-and-reviews.ts';
import { runNamesAndTrash } from './0030-run-names-and-trash.ts';
import { runResources } from './0040-run-resources.ts';
import { runEngineWhy } from './0050-run-engine-why.ts';
import { normCounts } from './0060-norm-counts.ts';
import { editsOfDatasets } from './0070-edits-of-datasets.ts';
import { idsGivenOnce } from './0080-ids-given-once.ts';
import { termsAndScoresAsData } from './0100-terms-and-scores-as-data.ts';
import { channelsAndRegions } from './0110-channels-and-regions.ts';
import { domains } from './0120-domains.ts';
import { runComparisons } from './0140-run-comparisons.ts';
import { methodComparisons } from './0150-method-comparisons.ts';
import { nearKnown } from './0160-near-known.ts';
import { newestPlaces } from './0180-newest-places.ts';
import { readings } from './0200-readings.ts';
import { batches } from './0210-batches.ts';
import { careOfRunsAndDatasets } from './0220-care.ts';

export interface Migration {
  /** Becomes the file's user_version. */
  readonly version: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  initial,
  editsAndReviews,
  runNamesAndTrash,
  runResources,
  runEngineWhy,
  normCounts,
  editsOfDatasets,
  idsGivenOnce,
  termsAndScoresAsData,
  channelsAndRegions,
  domains,
  runComparisons,
  methodComparisons,
  nearKnown,
  newestPlaces,
  readings,
  batches,
  careOfRunsAndDatasets,
];
