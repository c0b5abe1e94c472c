// The images of one dataset as a gallery shows them: only the pages in view are kept.

import { SvelteMap } from 'svelte/reactivity';
import type { ListedImage } from '#contract/core.ts';
import type { ImageFilter, ImageOrder } from '#contract/image.ts';
import type { CoreClient } from '../client/clients.ts';
import { Resource } from './resource.svelte.ts';

const pageSize = 200;

/** Pages kept beside those in view, so that scrolling back finds them there. */
const mostPages = 12;

/** Which images, in which order: imported when left out. */
export type ImagesAsked = ImageFilter & { order?: ImageOrder };

export class Images {
  readonly #core: CoreClient;
  readonly #pages = new SvelteMap<number, Resource<readonly ListedImage[]>>();
  #asked = $state.raw<ImagesAsked>() as ImagesAsked;
  #latest = 0;
  /** How many the filter means; loading until the first page is there. */
  readonly total: Resource<number>;

  constructor(core: CoreClient, asked: ImagesAsked) {
    this.#core = core;
    this.#asked = asked;
    this.total = new Resource(async (signal) => (await this.#ask(0, 1, signal)).total);
  }

  get asked(): ImagesAsked {
    return this.#asked;
  }

  get filter(): ImageFilter {
    const filter = { ...this.#asked };
    delete filter.order;
    return filter;
  }

  /** undefined until its page is there. */
  at(index: number): ListedImage | undefined {
    const page = this.#pages.get(Math.floor(index / pageSize));
    return page?.value?.[index % pageSize];
  }

  /** Asks for the images from `first` up to but not including `end`. */
  view(first: number, end: number): void {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.#pages.has(page)) continue;
      const resource = this.#page(page);
      this.#pages.set(page, resource);
      void resource.load();
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      if ((page + 1) * pageSize <= first || page * pageSize >= end) this.#pages.delete(page);
    }
  }

  /**
   * Other images, or another order. What is there stays in sight until the first page has come.
   * True unless something else was asked for meanwhile. Throws what the core throws.
   */
  async show(asked: ImagesAsked): Promise<boolean> {
    const mine = ++this.#latest;
    const { total, images } = await this.#core.call('images.page', {
      ...{ ...asked, offset: 0, limit: pageSize },
    });
    if (mine !== this.#latest) return false;
    this.#asked = asked;
    this.#pages.clear();
    const first = this.#page(0);
    first.set(images);
    this.#pages.set(0, first);
    this.total.set(total);
    return true;
  }

  /** After a change in the core: everything that is shown is asked for again. */
  async refresh(): Promise<void> {
    await this.total.load();
    await Promise.all([...this.#pages.values()].map((page) => page.load()));
  }

  /** All ids in their order: for selecting from one image to another. */
  ids(): Promise<readonly number[]> {
    return this.#core.call('images.ids', this.#asked);
  }

  #page(page: number): Resource<readonly ListedImage[]> {
    return new Resource(
      async (signal) => (await this.#ask(page * pageSize, pageSize, signal)).images,
    );
  }

  #ask(offset: number, limit: number, signal: AbortSignal) {
    return this.#core.call('images.page', { ...this.#asked, offset, limit }, signal);
  }
}
