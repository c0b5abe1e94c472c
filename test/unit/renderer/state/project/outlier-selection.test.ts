import { describe, expect, it } from 'vitest';
import type { OutlierMix } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { OutlierSelection } from '../../../../../src-renderer/state/project/outlier-selection.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function keepingCore(kept: OutlierMix = { sources: [], shifts: [] }) {
  const sent: OutlierMix[] = [];
  const failed: string[] = [];
  let isFull = false;
  const core = fakeCore({
    'mix.show': () => kept,
    'mix.set': (mix) => {
      if (isFull) throw new Failure('disk-full', 'The disk is full.');
      sent.push(mix as OutlierMix);
      core.emit('mix.changed', mix as OutlierMix);
      return mix as OutlierMix;
    },
  });
  const selection = new OutlierSelection(core.client, (work) => {
    work().catch((error: unknown) => failed.push(String(error)));
  });
  return { core, sent, selection, failed, fill: () => (isFull = true) };
}

describe('the outlier selection', () => {
  it('uses every source and no shift until something is chosen', () => {
    const { selection } = keepingCore();
    expect(selection.source('dust')).toEqual({ name: 'dust', weight: 1, isUsed: true });
    expect(selection.shift('flip')).toEqual({
      name: 'flip',
      weight: 1,
      isUsed: false,
      strength: 0.5,
    });
    expect(selection.usedShifts).toEqual([]);
  });

  it('sends the moves of a slider as one change, and flush sends pending changes at once', async () => {
    const { selection, sent } = keepingCore();
    for (const strength of [0.1, 0.2, 0.3]) selection.changeShift('flip', { strength });
    expect(sent).toEqual([]);
    await expect.poll(() => sent.length).toBe(1);
    expect(sent.map(({ shifts }) => shifts.map((shift) => shift.strength))).toEqual([[0.3]]);
    selection.changeSource('dust', { weight: 4 });
    await selection.flush();
    expect(sent.at(-1)).toEqual({
      sources: [{ name: 'dust', weight: 4, isUsed: true }],
      shifts: [{ name: 'flip', weight: 1, isUsed: false, strength: 0.3 }],
    });
    await selection.flush();
    expect(sent.length).toBe(2);
  });

  it('reports changes that could not be sent', async () => {
    const { selection, failed, fill } = keepingCore();
    fill();
    selection.changeShift('flip', { strength: 0.4 });
    await expect.poll(() => failed).toEqual(['Failure: The disk is full.']);
  });

  it('keeps strength and weight of a disabled shift', () => {
    const { selection } = keepingCore();
    selection.changeShift('dust', { isUsed: true, weight: 3, parameters: { specks: 7 } });
    selection.changeShift('dust', { isUsed: false });
    expect(selection.usedShifts).toEqual([]);
    selection.changeShift('dust', { isUsed: true });
    expect(selection.usedShifts[0]).toMatchObject({ weight: 3, parameters: { specks: 7 } });
  });

  it('follows another window, except for unsent local changes', async () => {
    const { selection, core } = keepingCore();
    const other: OutlierMix = {
      sources: [{ name: 'dust', weight: 9, isUsed: false }],
      shifts: [],
    };
    core.emit('mix.changed', other);
    await wait(0);
    expect(selection.source('dust').weight).toBe(9);
    selection.changeSource('dust', { weight: 2 });
    core.emit('mix.changed', other);
    await wait(0);
    expect(selection.source('dust').weight).toBe(2);
  });

  it('takes unchanged entries from another window, also while a change is being sent', async () => {
    const { core, selection } = keepingCore();
    const asked: OutlierMix[] = [];
    let answer: () => void = () => undefined;
    const slow = fakeCore({
      'mix.show': () => ({ sources: [], shifts: [] }),
      'mix.set': (sent) => {
        asked.push(sent as OutlierMix);
        return new Promise<OutlierMix>((resolve) => (answer = () => resolve(sent as OutlierMix)));
      },
    });
    const here = new OutlierSelection(slow.client, (work) => void work());
    const theirs: OutlierMix = {
      sources: [{ name: 'photographs', weight: 7, isUsed: true }],
      shifts: [],
    };
    here.changeSource('dust', { weight: 2 });
    slow.emit('mix.changed', theirs);
    await wait(0);
    expect([here.source('dust').weight, here.source('photographs').weight]).toEqual([2, 7]);
    const flushing = here.flush();
    await expect.poll(() => asked.length).toBe(1);
    // Sent together with the change of the other window.
    expect(asked[0]!.sources).toContainEqual(theirs.sources[0]);
    slow.emit('mix.changed', asked[0]!);
    const later: OutlierMix = {
      sources: [{ name: 'dust', weight: 5, isUsed: false }],
      shifts: [],
    };
    slow.emit('mix.changed', later);
    await wait(0);
    answer();
    await flushing;
    // The core's latest state is the stored one.
    expect(here.source('dust')).toEqual(later.sources[0]);

    selection.changeShift('flip', { strength: 0.4 });
    await selection.flush();
    core.emit('mix.changed', later);
    await wait(0);
    expect(selection.source('dust')).toEqual(later.sources[0]);
  });

  it('takes exactly the outliers of a run, without unknown shifts', () => {
    const { selection } = keepingCore();
    selection.changeShift('flip', { isUsed: true });
    selection.take(
      [{ name: 'dust', weight: 3 }],
      [
        { name: 'noise', weight: 2, strength: 0.9 },
        { name: 'gone', weight: 1, strength: 0.5 },
      ],
      ['dust', 'photographs'],
    );
    expect(selection.source('dust')).toMatchObject({ weight: 3, isUsed: true });
    expect(selection.source('photographs').isUsed).toBe(false);
    expect(selection.usedShifts).toEqual([
      { name: 'noise', weight: 2, strength: 0.9, isUsed: true },
    ]);
  });
});
