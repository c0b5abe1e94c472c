// Creates the run of a refit: its snapshot has the verdicts that stand now. The fit itself is a separate job.

import type { RunConfig } from '#contract/run-config.ts';
import type { RefitOffer } from '#contract/refit.ts';
import { resolveSettings, storedSettings } from '#domain/run-settings.ts';
import { storeSnapshot } from '../../datasets/snapshot.ts';
import { datasetNamed } from '../../runs/run-items.ts';
import { networkOf } from '../../scores/read-out/read-out-key.ts';
import type { ProjectDatabase } from '../../store/database.ts';
import type { Catalogue } from '../../store/images/catalogue.ts';
import { newRunFolder } from '../../store/runs/run-folder.ts';
import { addRun, setRunPixels } from '../../store/runs/runs.ts';
import { idsOf, itemsWith, obstacleTo, verdictsOn, type Verdicts } from './verdicts.ts';

export interface StartRefitPorts {
  readonly database: ProjectDatabase;
  readonly catalogue: Catalogue;
  readonly now: () => Date;
  readonly codeVersion: string;
}

interface ReviewedList {
  readonly modelId: number;
  readonly dataset: string;
}

/** The name of the source that holds the confirmed anomalies. */
const sourceName = 'confirmed anomalies of the review';

/** Throws `not-found`. */
export function offerRefit(database: ProjectDatabase, asked: ReviewedList): RefitOffer {
  return database.read((reader) => {
    const verdicts = verdictsOn(reader, asked.modelId, asked.dataset);
    const obstacle = obstacleTo(reader, verdicts)?.message ?? null;
    return { verdicts: verdicts.counts, obstacle };
  });
}

/** Stores the run in the state "queued" and returns its id. Throws `not-found`, and as `obstacleTo`. */
export function startRefit(
  { seed, ...asked }: ReviewedList & { readonly seed: number },
  { database, catalogue, now, codeVersion }: StartRefitPorts,
): number {
  const { verdicts, items, datasetId } = database.read((reader) => {
    const found = verdictsOn(reader, asked.modelId, asked.dataset);
    const obstacle = obstacleTo(reader, found);
    if (obstacle !== null) throw obstacle;
    return {
      ...{ verdicts: found, items: itemsWith(reader, found) },
      datasetId: datasetNamed(reader, found.base.run.dataset),
    };
  });
  const { base, anomalies } = verdicts;
  const snapshot = storeSnapshot(catalogue, datasetId, items);
  const source = storeSnapshot(catalogue, datasetId, anomalies);
  const outliers = [{ name: sourceName, weight: 1, snapshotId: source.id }];
  const config: RunConfig = {
    ...{ dataset: base.run.dataset, snapshotHash: snapshot.hash },
    ...settingsOf(base.config),
    outliers: [
      { name: sourceName, weight: 1, snapshotHash: source.hash, images: anomalies.length },
    ],
    refit: {
      ...{ model: base.model.id, modelHash: base.model.hash, run: base.run.id },
      ...{ network: networkOf(base), reviewed: asked.dataset, verdicts: verdicts.counts },
      images: imagesOf(verdicts),
    },
    ...{ shifts: [], seed, engine: base.config.engine, codeVersion },
  };
  const { method, preset, specimen, engine } = config;
  return database.transact((writer) => {
    const runId = addRun(
      writer,
      {
        ...{ method, preset, specimen, seed, engine, codeVersion, datasetId, outliers },
        ...{ folder: newRunFolder(now()), config: JSON.stringify(config) },
        ...{ snapshotId: snapshot.id, warnings: [] },
      },
      now().toISOString(),
    );
    setRunPixels(writer, runId, base.run.pixels!);
    return runId;
  });
}

function imagesOf({ normals, anomalies }: Verdicts) {
  return { normal: idsOf(normals), anomalous: idsOf(anomalies) };
}

/** Those of the base that its network reads; no random views, which the read-out does not see. */
function settingsOf({
  preset,
  specimen,
  settings,
}: RunConfig): Pick<RunConfig, 'preset' | 'specimen' | 'method' | 'overrides' | 'settings'> {
  const chosen = { preset, specimen, method: 'refit' } as const;
  const own = resolveSettings({ ...chosen, overrides: {} });
  const names = Object.keys(own).filter((name) => name !== 'rankBy');
  const kept = Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(settings, name) ? [[name, settings[name]!]] : [])),
  );
  const overrides = { ...own, pictures: 'colour', ...kept, views: 0, outlierBatch: 0 };
  return { ...chosen, overrides: {}, settings: storedSettings({ ...chosen, overrides }) };
}
