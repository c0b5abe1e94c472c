// A core for tests of the renderer: returns the answers that a test gives it, over a real link.

import type { coreMethods, CoreEvents } from '#contract/core.ts';
import { connect, type Client, type OutputOf } from '#rpc/connect.ts';
import { memoryLink } from '#rpc/memory-link.ts';
import type { CallsOf } from '#rpc/method.ts';
import { serve } from '#rpc/serve.ts';

type Calls = CallsOf<typeof coreMethods>;

export type Answers = {
  readonly [K in keyof Calls]?: (
    input: Calls[K]['input'],
  ) => OutputOf<Calls, K> | Promise<OutputOf<Calls, K>>;
};

export interface FakeCore {
  readonly client: Client<Calls, CoreEvents>;
  emit: <K extends keyof CoreEvents>(name: K, event: CoreEvents[K]) => void;
}

export function fakeCore(answers: Answers): FakeCore {
  const [ours, theirs] = memoryLink();
  const server = serve(theirs, {
    handlers: answers,
    parse: (_name, input) => input,
    onBug: (error) => String(error),
  });
  return { client: connect(ours), emit: (name, event) => server.emit(name, event) };
}
