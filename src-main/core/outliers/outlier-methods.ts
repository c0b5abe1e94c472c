// The methods with which a client reads and sets outliers.

import type { CoreEvents, coreMethods } from '#contract/core.ts';
import { shiftNames, shiftTable, strengthParameter } from '#domain/shift-table.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { Stop } from '#domain/stop.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { sampleImports } from '../project/sample.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { adviseOnShifts } from './advice.ts';
import { outlierBudgetOf } from './budget.ts';
import { readMix, writeMix } from './mix.ts';
import { recommendMix } from './recommend.ts';
import { findOverlaps } from './overlaps.ts';
import type { ShiftPreviewer } from './shift-preview.ts';
import type { Compute } from '../workers/compute.ts';
import { outlierSources } from './sources.ts';

type OutlierMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'mix.show'
  | 'mix.set'
  | 'outliers.sources'
  | 'outliers.importPack'
  | 'outliers.overlaps'
  | 'shifts.list'
  | 'shifts.preview'
  | 'shifts.advise'
  | 'mix.recommend'
  | 'outliers.budget'
>;

export interface OutlierPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly queue: JobQueue;
  readonly compute: Compute;
  /** Of features. */
  readonly cache: FeatureCache;
  readonly previewer: ShiftPreviewer;
  readonly emit: <K extends keyof CoreEvents>(name: K, event: CoreEvents[K]) => void;
  /** Set by the caller, or when the core is closing. */
  readonly orClosing: (stop: Stop) => Stop;
}

export function outlierMethods(ports: OutlierPorts): OutlierMethods {
  const { database, queue, previewer, emit, orClosing } = ports;
  return {
    'mix.show': () => database.read(readMix),
    'mix.set': (mix) => {
      database.transact((writer) => {
        writeMix(writer, mix);
      });
      emit('mix.changed', mix);
      return mix;
    },
    'outliers.sources': ({ examples }) =>
      database.read((reader) => outlierSources(reader, examples)),
    'outliers.importPack': () => {
      const input = sampleImports.find(({ role }) => role === 'outlier')!;
      return { jobId: queue.submit({ kind: 'import', input }) };
    },
    'outliers.overlaps': (request, stop) => findOverlaps(request, orClosing(stop), ports),
    'shifts.list': () =>
      shiftNames.map((name) => {
        const { title, meaning, parameters } = shiftTable[name];
        return { name, title, meaning, parameters: { strength: strengthParameter, ...parameters } };
      }),
    'shifts.preview': (request, stop) => previewer.preview(request, orClosing(stop)),
    'shifts.advise': (request, stop) => adviseOnShifts(request, orClosing(stop), ports),
    'outliers.budget': (request, stop) => outlierBudgetOf(request, orClosing(stop), ports),
    'mix.recommend': (request, stop) => recommendMix(request, orClosing(stop), ports),
  };
}
