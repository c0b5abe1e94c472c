// A method of a contract: its input's schema (input crosses a trust boundary) and its output's type.

import type { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';

declare const outputType: unique symbol;

export interface Method<Schema extends z.ZodType, Output> {
  readonly input: Schema;
  readonly [outputType]?: Output;
}

/** `method<Output>()(schema)`: two calls, so that the output is named and the input inferred. */
export function method<Output>() {
  return <Schema extends z.ZodType>(input: Schema): Method<Schema, Output> => ({ input });
}

/** A contract: methods by name. */
export type Methods = Readonly<Record<string, Method<z.ZodType, unknown>>>;

type Answer<M> = M extends Method<z.ZodType, infer Output> ? Output : never;

/** The calls of a client of the contract: inputs before the schema has filled in defaults. */
export type CallsOf<M extends Methods> = {
  readonly [K in keyof M]: { input: z.input<M[K]['input']>; output: Answer<M[K]> };
};

/** The handlers of a server of the contract, one for each method. */
export type HandlersOf<M extends Methods> = {
  readonly [K in keyof M]: (
    input: z.output<M[K]['input']>,
    stop: Stop,
  ) => Answer<M[K]> | Promise<Answer<M[K]>>;
};

/** The most faults of one input that are listed. */
const faultsNamed = 5;

/** Checks inputs by the contract's schemas. The returned function throws `bad-input` with a message. */
export function inputChecker(methods: Methods): (name: string, input: unknown) => unknown {
  return (name, input) => {
    const checked = methods[name]!.input.safeParse(input);
    if (checked.success) return checked.data;
    const faults = checked.error.issues
      .slice(0, faultsNamed)
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
    throw new Failure('bad-input', `The input of "${name}" is wrong. ${faults.join('; ')}.`);
  };
}
