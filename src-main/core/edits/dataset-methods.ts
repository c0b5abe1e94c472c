// The methods with which a client looks after whole datasets: rename, merge, delete, search.

import type { coreMethods } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase, Reader, Writer } from '../store/database.ts';
import { freeName, noteDataset, noteMerged, noteRemoved } from '../store/images/dataset-edits.ts';
import { countsWithText, findDataset, items, listDatasets } from '../store/images/datasets.ts';
import type { Edits } from './edits.ts';

type DatasetMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'datasets.list' | 'datasets.rename' | 'datasets.merge' | 'datasets.delete' | 'datasets.search'
>;

export interface DatasetPorts {
  readonly database: ProjectDatabase;
  readonly edits: Edits;
}

export function datasetMethods({ database, edits }: DatasetPorts): DatasetMethods {
  return {
    'datasets.list': () => database.read(listDatasets),
    'datasets.search': ({ text }) => database.read((reader) => countsWithText(reader, text)),
    'datasets.rename': ({ name, to }) => ({
      state: edits.editDatasets(`Rename ${name} to ${to}`, (writer, editId) => {
        const id = datasetNamed(writer, name);
        if (name === to) return false;
        assertFree(writer, to);
        noteDataset(writer, editId, id, { to }, { before: true, after: true });
        return true;
      }),
    }),
    'datasets.merge': ({ name, into }) => {
      let [added, known] = [0, 0];
      const state = edits.editDatasets(`Merge ${name} into ${into}`, (writer, editId) => {
        const [from, to] = [datasetNamed(writer, name), datasetNamed(writer, into)];
        if (from === to) {
          throw new Failure('bad-input', `"${name}" is the same dataset. Choose another one.`);
        }
        added = noteMerged(writer, editId, from, to);
        known = items(writer, from).length - added;
        remove(writer, editId, from, freeName(writer, `${name} (merged into ${into})`));
        return true;
      });
      return { added, known, state };
    },
    'datasets.delete': ({ name }) => {
      let images = 0;
      const state = edits.editDatasets(`Delete dataset ${name}`, (writer, editId) => {
        const id = datasetNamed(writer, name);
        images = remove(writer, editId, id, freeName(writer, `${name} (deleted)`));
        return true;
      });
      return { images, state };
    },
  };
}

/** Its name becomes free for another. Returns how many images it had. */
function remove(writer: Writer, editId: number, datasetId: number, name: string): number {
  noteDataset(writer, editId, datasetId, { to: name }, { before: true, after: false });
  return noteRemoved(writer, editId, datasetId);
}

function assertFree(reader: Reader, name: string): void {
  if (findDataset(reader, name) === undefined) return;
  throw new Failure(
    'bad-input',
    `There is a dataset "${name}" already. Choose another name, or merge the two.`,
  );
}
