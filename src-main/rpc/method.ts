// A method of a contract: its input's schema (input crosses a trust boundary) and its output's type.

import type { z } from 'zod';

declare const outputType: unique symbol;

export interface Method<Schema extends z.ZodType, Output> {
  readonly input: Schema;
  readonly [outputType]?: Output;
}

/** `method<Output>()(schema)`: two calls, so that the output is named and the input inferred. */
export function method<Output>() {
  return <Schema extends z.ZodType>(input: Schema): Method<Schema, Output> => ({ input });
}
