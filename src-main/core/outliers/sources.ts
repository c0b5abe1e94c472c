// The datasets whose images can be learnt as outliers.

import type { OutlierSource } from '#contract/outlier.ts';
import { servesAsOutlier } from '../runs/run-items.ts';
import { sampleImports } from '../project/sample.ts';
import type { Reader } from '../store/database.ts';
import { findDataset, items, listDatasets } from '../store/images/datasets.ts';

/** See resources/sample/ATTRIBUTION.md. */
const packLicence = 'CC BY 4.0 · Caltech 101, doi 10.22002/D1.20086';

export function outlierSources(reader: Reader, examples: number): OutlierSource[] {
  const pack = sampleImports.find(({ role }) => role === 'outlier')?.dataset;
  return listDatasets(reader)
    .filter(({ roles }) => (roles.outlier ?? 0) > 0)
    .map(({ name }) => {
      const all = items(reader, findDataset(reader, name)!);
      const serving = all.filter(servesAsOutlier);
      const leftOut = all.filter((item) => item.role === 'outlier' && !servesAsOutlier(item));
      return {
        name,
        images: serving.length,
        leftOut: leftOut.length,
        examples: spread(serving, examples).map(({ hash }) => hash),
        licence: name === pack ? packLicence : null,
      };
    });
}

/** Some of them, evenly spaced over the list. */
function spread<Item>(list: readonly Item[], count: number): Item[] {
  const step = Math.max(1, list.length / Math.max(1, count));
  return Array.from(
    { length: Math.min(count, list.length) },
    (_, at) => list[Math.floor(at * step)]!,
  );
}
