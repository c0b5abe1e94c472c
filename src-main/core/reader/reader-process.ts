// The image reader's process: decodes files that may come from anywhere, apart from the core, so
// that a file which brings a decoder down costs one image. Started by reader.ts.

import { Failure, type FailureCode } from '#domain/failure.ts';
import { describeFile } from './describe-file.ts';
import { nearlyEqual, nearTwins, type TellProgress } from './near-pictures.ts';
import {
  histogram,
  inspect,
  regionSquares,
  render,
  square,
  type ReaderTask,
} from './reader-tasks.ts';
import { smallPictures } from './small-pictures.ts';

export interface ReaderRequest {
  readonly id: number;
  readonly task: ReaderTask;
}

export type ReaderAnswer =
  | { readonly id: number; readonly progress: { readonly done: number; readonly total: number } }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { code: FailureCode; message: string } }
  | { readonly id: number; readonly bug: string };

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
    case 'smallPictures':
      return await smallPictures(task);
    case 'nearlyEqual':
      return await nearlyEqual(task);
    case 'nearTwins':
      return await nearTwins(task, tell);
  }
}

async function answer({ id, task }: ReaderRequest): Promise<ReaderAnswer> {
  const tell: TellProgress = (done, total) => {
    process.send?.({ id, progress: { done, total } } satisfies ReaderAnswer);
  };
  try {
    return { id, result: await perform(task, tell) };
  } catch (error) {
    if (error instanceof Failure) {
      return { id, failure: { code: error.code, message: error.message } };
    }
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (request: ReaderRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
// The core ends this process; an interrupt at the terminal is the core's to handle.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
