// One call in a separate process: a crash there does not affect this process.

import { Failure } from '#domain/failure.ts';
import { neverStop, type Stop } from '#domain/stop.ts';
import { connect, type Calls, type InputOf, type OutputOf } from '#rpc/connect.ts';
import { startChild, type ChildOptions, type Exit } from './child.ts';

/** The time a process may take to end after its answer, milliseconds. */
const lastMomentMs = 1000;

export interface ApartOptions<Events extends object> {
  /** A process that sends neither an answer nor an event for this time is killed, milliseconds. */
  readonly patienceMs?: number;
  /** When it is set, the process is sent a signal to end. */
  readonly stop?: Stop;
  readonly listeners?: { readonly [K in keyof Events]?: (event: Events[K]) => void };
}

export interface Apart<Output> {
  /** undefined where the process ended before it answered. */
  readonly output: Output | undefined;
  readonly exit: Exit;
  /** Whether it was killed because of the time limit. */
  readonly isTooLate: boolean;
}

/** Throws the failure that the other side answers with. */
export async function callApart<C extends Calls, Events extends object, K extends keyof C & string>(
  program: ChildOptions,
  name: K,
  input: InputOf<C, K>,
  { patienceMs, stop = neverStop, listeners = {} }: ApartOptions<Events> = {},
): Promise<Apart<OutputOf<C, K>>> {
  const child = startChild(program);
  const client = connect<C, Events>(child.channel);
  let isTooLate = false;
  const kill = () => {
    isTooLate = true;
    child.kill();
  };
  const timer = patienceMs === undefined ? undefined : setTimeout(kill, patienceMs);
  child.channel.onMessage(() => timer?.refresh());
  for (const [event, listener] of Object.entries(listeners)) {
    client.on(event as keyof Events & string, listener as (event: unknown) => void);
  }
  const forget = stop.onStop(() => child.kill('SIGTERM'));
  try {
    const output = await client.call(name, input);
    clearTimeout(timer);
    return { output, exit: await child.end(lastMomentMs), isTooLate: false };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'link-closed') {
      await child.end(lastMomentMs);
      throw error;
    }
    return { output: undefined, exit: await child.exited, isTooLate };
  } finally {
    clearTimeout(timer);
    forget();
  }
}
