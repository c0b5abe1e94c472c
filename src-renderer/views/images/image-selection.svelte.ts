// The selected images of a gallery: single ones, ranges or all, by mouse and keyboard.

import { SvelteSet } from 'svelte/reactivity';
import type { Selection } from '#contract/edit.ts';
import type { Images } from './images.svelte.ts';

export type Pick = 'one' | 'toggle' | 'range' | 'all';

export class ImageSelection {
  readonly #images: Images;
  #ids = $state.raw<ReadonlySet<number>>(new SvelteSet());
  /** Where a range starts. */
  #anchor = 0;
  #order: Promise<readonly number[]> | undefined;
  #latest = 0;

  constructor(images: Images) {
    this.#images = images;
  }

  get count(): number {
    return this.#ids.size;
  }

  has(imageId: number | undefined): boolean {
    return imageId !== undefined && this.#ids.has(imageId);
  }

  /**
   * For the core; `undefined` when nothing is selected. Always a list of ids: the filter would also
   * match images that a running import, or another window, has added since.
   */
  get asSelection(): Selection | undefined {
    if (this.#ids.size === 0) return undefined;
    return { dataset: this.#images.filter.dataset, imageIds: [...this.#ids] };
  }

  /** Throws what the core throws. */
  async pick(index: number, how: Pick): Promise<void> {
    const mine = ++this.#latest;
    if (how === 'range' || how === 'all') {
      const order = await this.#idsInOrder();
      if (mine !== this.#latest) return;
      const [first, last] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
      this.#set(how === 'all' ? order : order.slice(first, last + 1));
      return;
    }
    this.#anchor = index;
    const imageId = this.#images.at(index)?.imageId;
    if (imageId === undefined) return;
    if (how === 'one') this.#set([imageId]);
    else if (this.#ids.has(imageId)) this.#set([...this.#ids].filter((id) => id !== imageId));
    else this.#set([...this.#ids, imageId]);
  }

  clear(): void {
    this.#latest++;
    this.#set([]);
  }

  /** The gallery shows other images, or another order. */
  restart(): void {
    this.#order = undefined;
    this.#anchor = 0;
    this.clear();
  }

  /**
   * After a change in the core: deselects images that the gallery no longer lists, so that edits
   * affect visible images only. Throws what the core throws.
   */
  async follow(): Promise<void> {
    this.#order = undefined;
    if (this.#ids.size === 0) return;
    const order = await this.#idsInOrder();
    this.#set(order.filter((id) => this.#ids.has(id)));
  }

  #idsInOrder(): Promise<readonly number[]> {
    const order = this.#order ?? this.#images.ids();
    this.#order = order;
    // A failure reaches the caller; the next call requests the ids again.
    order.catch(() => (this.#order = undefined));
    return order;
  }

  #set(ids: readonly number[]): void {
    this.#ids = new SvelteSet(ids);
  }
}
