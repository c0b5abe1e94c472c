// The methods of the contract for refits.

import type { coreMethods } from '#contract/core.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { offerRefit, startRefit, type StartRefitPorts } from './start-refit.ts';

export interface RefitMethodPorts extends StartRefitPorts {
  readonly queue: JobQueue;
}

export function refitMethods(
  ports: RefitMethodPorts,
): Pick<HandlersOf<typeof coreMethods>, 'refits.offer' | 'refits.start'> {
  return {
    'refits.offer': (asked) => offerRefit(ports.database, asked),
    'refits.start': (asked) => {
      const runId = startRefit(asked, ports);
      return { runId, jobId: ports.queue.submit({ kind: 'refit', runId }) };
    },
  };
}
