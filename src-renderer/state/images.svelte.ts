// The images of one dataset as a gallery shows them: only the pages in view are kept.

import { SvelteMap } from 'svelte/reactivity';
import type { ListedImage, Role } from '#contract/core.ts';
import type { CoreClient } from '../client/clients.ts';
import { Resource } from './resource.svelte.ts';

const pageSize = 200;

/** Pages kept beside those in view, so that scrolling back finds them there. */
const mostPages = 12;

export interface ImageFilter {
  readonly dataset: string;
  readonly role?: Role;
}

export class Images {
  readonly #core: CoreClient;
  readonly #pages = new SvelteMap<number, Resource<readonly ListedImage[]>>();
  readonly filter: ImageFilter;
  /** How many the filter means; loading until the first page is there. */
  readonly total: Resource<number>;

  constructor(core: CoreClient, filter: ImageFilter) {
    this.#core = core;
    this.filter = filter;
    this.total = new Resource(async (signal) => (await this.#ask(0, 1, signal)).total);
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
      const resource = new Resource(
        async (signal) => (await this.#ask(page * pageSize, pageSize, signal)).images,
      );
      this.#pages.set(page, resource);
      void resource.load();
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      if ((page + 1) * pageSize <= first || page * pageSize >= end) this.#pages.delete(page);
    }
  }

  /** After a change in the core: everything that is shown is asked for again. */
  async refresh(): Promise<void> {
    await this.total.load();
    await Promise.all([...this.#pages.values()].map((page) => page.load()));
  }

  #ask(offset: number, limit: number, signal: AbortSignal) {
    return this.#core.call('images.page', { ...this.filter, offset, limit }, signal);
  }
}
