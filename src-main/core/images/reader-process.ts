// The image reader's process: decodes files that may come from anywhere, apart from the core, so
// that a file which brings a decoder down costs one image. Started by reader.ts.

import { Failure, type FailureCode } from '#domain/failure.ts';
import { histogram, inspect, render, square, type ReaderTask } from './reader-tasks.ts';
import { nearlyEqual, smallPictures } from './small-pictures.ts';

export interface ReaderRequest {
  readonly id: number;
  readonly task: ReaderTask;
}

export type ReaderAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { code: FailureCode; message: string } }
  | { readonly id: number; readonly bug: string };

async function perform(task: ReaderTask): Promise<unknown> {
  switch (task.kind) {
    case 'inspect':
      return await inspect(task);
    case 'square':
      return await square(task);
    case 'render':
      return await render(task);
    case 'histogram':
      return await histogram(task);
    case 'smallPictures':
      return await smallPictures(task);
    case 'nearlyEqual':
      return await nearlyEqual(task);
  }
}

async function answer({ id, task }: ReaderRequest): Promise<ReaderAnswer> {
  try {
    return { id, result: await perform(task) };
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
