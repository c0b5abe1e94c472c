import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { ImportPreview } from '#contract/import/import-preview.ts';
import { Failure } from '#domain/failure.ts';
import { ImportPlan } from '../../../../../src-renderer/views/images/import-plan.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

function previewOf(images: number): ImportPreview {
  return {
    ...{ isComplete: true, images, known: 0, roles: [], classes: [], groups: [] },
    ...{ domains: [] },
    ...{ namesSplits: false, recognised: [], problems: { count: 0, first: [] } },
    ...{ classTable: [], contradictions: 0, notImages: { count: 0, first: [] } },
    leftOut: { ...{ hidden: 0, system: 0, masks: 0, projects: 0, skipped: 0 }, names: [] },
    examples: [],
  };
}

function plan(given: readonly string[], dataset?: string) {
  const core = fakeCore({
    'images.preview': ({ paths }) => {
      if (paths[0] === '/gone') throw new Failure('not-found', 'There is no /gone.');
      return previewOf(paths[0] === '/empty' ? 0 : 3);
    },
  });
  return new ImportPlan(core.client, given, dataset);
}

describe('an import in preparation', () => {
  it('is named after the folder, unless the dataset is known', () => {
    expect(plan(['/data/slides.zip']).dataset).toBe('slides');
    expect(plan(['/data/plate 7/a.png', '/data/plate 7/b.png']).dataset).toBe('plate 7');
    expect(plan(['/data/plate 7/a.png'], 'cells').dataset).toBe('cells');
    expect(plan([]).dataset).toBe('images');
  });

  it('reports an invalid pattern, and cannot start with it', () => {
    const form = plan(['/data']);
    form.groupRule = 'pattern';
    form.pattern = 'patient(';
    flushSync();
    expect(form.patternFault).toBe('Not a regular expression: unterminated group.');
    expect([form.input, form.isImportable]).toEqual([undefined, false]);
    form.pattern = 'patient(\\d+)';
    flushSync();
    expect(form.patternFault).toBeUndefined();
    expect(form.input?.group).toBe('patient(\\d+)');
  });

  it('gives domain and tiles to the import, and no tiles to the preview', async () => {
    const asked: unknown[] = [];
    const core = fakeCore({
      'images.preview': () => previewOf(3),
      'images.import': (input) => {
        asked.push(input);
        return { jobId: 1 };
      },
    });
    const form = new ImportPlan(core.client, ['/data'], 'cells');
    form.domain = ' scanner=A ';
    form.tileSide = 256;
    flushSync();
    expect(form.input).toEqual({ paths: ['/data'], dataset: 'cells', domain: 'scanner=A' });
    await form.submit();
    form.tileOverlap = 32;
    await form.submit();
    form.tileSide = null;
    await form.submit();
    expect(asked).toMatchObject([
      { tiles: { side: 256, overlap: 0 } },
      { tiles: { side: 256, overlap: 32 } },
      {},
    ]);
    expect(asked[2]).not.toHaveProperty('tiles');
    for (const [side, overlap, words] of [
      [4, 0, 'From 8 to 65,536 pixels.'],
      [8, 8, 'The overlap must be less than the side.'],
    ] as const) {
      [form.tileSide, form.tileOverlap] = [side, overlap];
      flushSync();
      expect([form.tilesFault, form.isReady]).toEqual([words, false]);
    }
  });

  it('knows whether its preview is of what is entered, and whether there is anything', async () => {
    const form = plan([]);
    form.typed = '/empty';
    flushSync();
    expect([form.isPreviewed, form.isImportable]).toEqual([false, true]);
    await form.preview.load();
    flushSync();
    expect([form.isPreviewed, form.isImportable]).toEqual([true, false]);
    form.typed = '/data';
    flushSync();
    expect([form.isPreviewed, form.isImportable]).toEqual([false, true]);
    form.typed = '/gone';
    flushSync();
    await form.preview.load();
    flushSync();
    expect(form.isImportable).toBe(false);
  });
});
