// Cancels a queued or running run (after a checkpoint) and offers to resume it.

import type { CoreClient } from '../../client/clients.ts';
import type { AppContext } from '../app-context.svelte.ts';

export async function cancelRun(app: AppContext, core: CoreClient, runId: number): Promise<void> {
  await core.call('runs.cancel', { runId });
  app.toasts.done(`Run ${runId} is cancelled. It stays in the list of runs.`, {
    label: 'Resume',
    run: () => app.attempt(() => core.call('runs.resume', { runId })),
  });
}
