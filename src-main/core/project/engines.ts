// The engines of this machine as a worker tests them. Needs no project.

import type { EngineReport } from '#domain/engines/engine-report.ts';
import { neverStop, type Stop } from '#domain/stop.ts';
import { workerProtocol } from '#worker/contract.ts';
import { withLease, type Compute } from '../workers/compute.ts';
import { localCompute } from '../workers/local-compute.ts';

/** Takes seconds: every engine is tested and timed. Throws `stopped` and `link-closed`. */
export async function describeEngines(
  stop: Stop = neverStop,
  compute: Compute = localCompute,
): Promise<readonly EngineReport[]> {
  return await withLease(compute, async (lease) => {
    const { protocol, engines } = await lease.call('describe', {}, stop);
    if (protocol !== workerProtocol) {
      throw new Error(`The worker speaks protocol ${protocol}, the core ${workerProtocol}.`);
    }
    return engines;
  });
}
