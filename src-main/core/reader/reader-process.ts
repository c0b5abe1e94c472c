// The image reader's process: decodes untrusted files outside the core, so that a file which crashes a
// decoder affects one image only. Started by reader.ts.

import { bugText, serveParent } from '#processes/serve-parent.ts';
import { describeFile } from './describe-file.ts';
import { nearlyEqual, nearTwins, type TellProgress } from './near-pictures.ts';
import {
  histogram,
  inspect,
  measure,
  regionSquares,
  render,
  square,
  type ReaderTask,
} from './reader-tasks.ts';
import { smallPictures } from './small-pictures.ts';
import { valueSpread } from './value-spread.ts';

/** `id`: the caller's name for the task, by which it knows its progress. */
export interface ReaderMethods {
  perform: { input: { readonly id: number; readonly task: ReaderTask }; output: unknown };
}

export interface ReaderEvents {
  progress: { readonly id: number; readonly done: number; readonly total: number };
}

async function perform(task: ReaderTask, tell: TellProgress): Promise<unknown> {
  switch (task.kind) {
    case 'inspect':
      return await inspect(task);
    case 'describe':
      return await describeFile(task);
    case 'square':
      return await square(task);
    case 'regionSquares':
      return await regionSquares(task);
    case 'render':
      return await render(task);
    case 'histogram':
      return await histogram(task);
    case 'valueSpread':
      return await valueSpread(task);
    case 'measure':
      return await measure(task);
    case 'smallPictures':
      return await smallPictures(task);
    case 'nearlyEqual':
      return await nearlyEqual(task);
    case 'nearTwins':
      return await nearTwins(task, tell);
  }
}

const server = serveParent({
  handlers: {
    perform: ({ id, task }: ReaderMethods['perform']['input']) =>
      perform(task, (done, total) =>
        server.emit('progress', { id, done, total } satisfies ReaderEvents['progress']),
      ),
  },
  onBug: (error) => `The image reader failed: ${bugText(error)}`,
});
