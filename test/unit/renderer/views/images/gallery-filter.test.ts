import { describe, expect, it } from 'vitest';
import { GalleryFilter } from '../../../../../src-renderer/views/images/gallery-filter.svelte.ts';

describe('the filter of a gallery', () => {
  it('sends the model only with filters on scores: a new model changes nothing else', () => {
    const filter = new GalleryFilter();
    filter.status = 'anomalous';
    expect(filter.asked('cells', 2)).toEqual(filter.asked('cells', 1));
    filter.status = 'flagged';
    expect(filter.asked('cells', 2)).toMatchObject({ score: { modelId: 2, is: 'flagged' } });
    filter.status = undefined;
    filter.order = 'strangest';
    expect(filter.asked('cells', 2)).toMatchObject({ score: { modelId: 2 }, order: 'strangest' });
  });

  it('ignores filters that need a model while there is none', () => {
    const filter = new GalleryFilter();
    filter.status = 'flagged';
    filter.order = 'strangest';
    expect(filter.asked('cells', undefined)).toEqual({ dataset: 'cells', order: 'imported' });
  });
});
