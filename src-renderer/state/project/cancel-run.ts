// Cancels a queued or running run (after a checkpoint) and offers to resume it.

import type { CoreClient } from '../../client/clients.ts';
import type { Frame } from '../frame.svelte.ts';

export async function cancelRun(frame: Frame, core: CoreClient, runId: number): Promise<void> {
  await core.call('runs.cancel', { runId });
  frame.toasts.done(`Run ${runId} is cancelled. It stays in the list of runs.`, {
    label: 'Resume',
    run: () => frame.attempt(() => core.call('runs.resume', { runId })),
  });
}
