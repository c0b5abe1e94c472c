// A process that serves a small contract over its message channel.

import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { inputChecker, method, type HandlersOf } from '#rpc/method.ts';
import { serve } from '#rpc/serve.ts';
import { channelOf } from '#processes/channel.ts';

export const answeringMethods = {
  'number.double': method<number>()(z.strictObject({ number: z.number() })),
  'process.wait': method<string>()(z.strictObject({})),
  'process.exit': method<never>()(z.strictObject({ code: z.int() })),
} as const;

export interface AnsweringEvents {
  waiting: { readonly pid: number };
}

const link = channelOf(process);
const handlers: HandlersOf<typeof answeringMethods> = {
  'number.double': ({ number }) => 2 * number,
  'process.wait': async (_, stop) => {
    server.emit('waiting', { pid: process.pid });
    while (!stop.aborted) await new Promise((resolve) => setTimeout(resolve, 2));
    throw new Failure('stopped', 'Stopped.');
  },
  'process.exit': ({ code }) => process.exit(code),
};
const server = serve(link, {
  handlers,
  parse: inputChecker(answeringMethods),
  onBug: (error) => String(error),
});
