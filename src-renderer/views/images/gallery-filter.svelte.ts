// Filters and sort order of a gallery, as its filter bar shows them.

import type { Role, Split } from '#contract/core.ts';
import type { ImageFilter, ImageOrder } from '#contract/image.ts';
import type { ImagesAsked } from './images.svelte.ts';

/** Status of an image: by its verdict, and by the scores of the newest model. */
export const statusNames = [
  ...(['unreviewed', 'normal', 'anomalous', 'unsure'] as const),
  ...(['flagged', 'unflagged', 'unscored', 'failed'] as const),
] as const;
export type StatusName = (typeof statusNames)[number];

export const thumbnailSizes = ['small', 'medium', 'large'] as const;
export type ThumbnailSize = (typeof thumbnailSizes)[number];

export class GalleryFilter {
  role = $state<Role>();
  split = $state<Split>();
  /** null means images without one. */
  class = $state<string | null>();
  group = $state<string | null>();
  domain = $state<string | null>();
  status = $state<StatusName>();
  text = $state('');
  order = $state<ImageOrder>('imported');

  readonly isOn = $derived(
    this.text !== '' ||
      [this.role, this.split, this.class, this.group, this.domain, this.status].some(
        (value) => value !== undefined,
      ),
  );

  clear(): void {
    this.role = this.split = this.class = undefined;
    this.group = this.domain = this.status = undefined;
    this.text = '';
  }

  /**
   * modelId: of the scores; undefined when there are none. It is sent only with filters and orders that
   * depend on scores, so that a new model does not reload other galleries.
   */
  asked(dataset: string, modelId: number | undefined): ImagesAsked {
    const { role, split, group, domain, text, order } = this;
    const needsScore = order === 'strangest' || order === 'most-normal';
    return {
      dataset,
      ...(role && { role }),
      ...(split && { split }),
      ...(this.class !== undefined && { class: this.class }),
      ...(group !== undefined && { group }),
      ...(domain !== undefined && { domain }),
      ...(text.trim() !== '' && { text: text.trim() }),
      ...(needsScore && modelId !== undefined && { score: { modelId } }),
      ...this.#status(modelId),
      order: needsScore && modelId === undefined ? 'imported' : order,
    };
  }

  #status(modelId: number | undefined): Pick<ImageFilter, 'verdict' | 'score'> {
    const { status } = this;
    switch (status) {
      case undefined:
        return {};
      case 'unreviewed':
        return { verdict: null };
      case 'normal':
      case 'anomalous':
      case 'unsure':
        return { verdict: status };
      default:
        return modelId === undefined ? {} : { score: { modelId, is: status } };
    }
  }
}
