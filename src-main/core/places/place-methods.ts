// The methods about the places of files: see contract/places.ts.

import type { placeMethods as contract } from '#contract/places.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { givenPaths } from '../archives/existing-path.ts';
import type { Catalogue } from '../store/images/catalogue.ts';
import { checkFiles } from './check-files.ts';

export interface PlacePorts {
  readonly catalogue: Catalogue;
  /** The project's, absolute. */
  readonly folder: string;
  readonly orClosing: (stop: Stop) => Stop;
  /** Returns the job's id. */
  readonly submit: (folders: string[]) => number;
}

export function placeMethods(ports: PlacePorts): HandlersOf<typeof contract> {
  const { catalogue, folder, orClosing, submit } = ports;
  return {
    'files.check': (_, stop) => checkFiles(catalogue, folder, orClosing(stop)),
    'files.relink': async ({ folders }) => ({ jobId: submit(await givenPaths(folders)) }),
  };
}
