import { expect, it } from 'vitest';
import type { OutlierMix } from '#contract/outlier.ts';
import { DatasetInView } from '../../../../../src-renderer/state/dataset-in-view.svelte.ts';
import { Workspace } from '../../../../../src-renderer/state/project/workspace.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

it('sends a change made just before the project is closed', async () => {
  const sent: OutlierMix[] = [];
  const core = fakeCore({
    'jobs.list': () => [],
    'edits.state': () => ({ undo: null, redo: null }),
    'datasets.list': () => [],
    'runs.list': () => [],
    'outliers.sources': () => [],
    'mix.show': () => ({ sources: [], shifts: [] }),
    'mix.set': (mix) => {
      sent.push(mix as OutlierMix);
      return mix as OutlierMix;
    },
  });
  const workspace = new Workspace(
    core.client,
    (work) => void work().catch(() => undefined),
    new DatasetInView(),
  );
  const stop = workspace.start();
  workspace.outlierSelection.changeShift('flip', { strength: 0.7 });
  stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent.map(({ shifts }) => shifts[0]?.strength)).toEqual([0.7]);

  // Hidden, as happens before its window closes.
  workspace.outlierSelection.changeShift('flip', { strength: 0.2 });
  workspace.sendPendingChanges();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent.map(({ shifts }) => shifts[0]?.strength)).toEqual([0.7, 0.2]);
});
