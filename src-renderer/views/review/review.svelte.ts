// Judging the images of one dataset that one model has ranked: which ones, where the reviewer is, and
// what has been said. An image that was judged stays in its place until other images are asked for, so
// that going back finds it there.

import type { Role } from '#contract/core.ts';
import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Loading } from '../../parts/loading.ts';
import { isMeant, withFresh, withNewer, withVerdict, type ReviewProgress } from './review-list.ts';
import type { Judged } from '../../state/project/results.svelte.ts';
import { wordsOf } from '../../state/words-of.ts';

const pageSize = 200;

/** As many as the core gives at once. */
const largestPage = 1000;

export interface ReviewFilter {
  readonly show: ReviewShow;
  readonly flaggedOnly: boolean;
  readonly role?: Role | undefined;
}

export class Review {
  readonly #core: CoreClient;
  readonly judged: Judged;
  readonly filter: ReviewFilter;
  #state = $state.raw<Loading<null>>({ kind: 'loading' });
  #images = $state.raw<readonly QueuedImage[]>([]);
  #total = $state(0);
  #progress = $state.raw<ReviewProgress>();
  #active = $state(0);
  /** Places in the list, the one judged last at the end: undo goes back to it. */
  #path: readonly number[] = [];
  /** Places whose verdict was taken back, the last one at the end: redo goes back to it. */
  #undone: readonly number[] = [];
  #isAsking = false;
  /** Counts what makes answers under way old: questions for a list, */
  #loads = 0;
  /** lists that came, */
  #lists = 0;
  /** and verdicts and fresher questions for them. */
  #changes = 0;

  constructor(core: CoreClient, judged: Judged, filter: ReviewFilter) {
    this.#core = core;
    this.judged = judged;
    this.filter = filter;
  }

  get state(): Loading<null> {
    return this.#state;
  }
  /** Those that have been fetched; more follow as the reviewer goes on. */
  get images(): readonly QueuedImage[] {
    return this.#images;
  }
  /** Images that the filter means, with those that it meant before they were judged. */
  get total(): number {
    return Math.max(this.#total, this.#images.length);
  }
  get progress(): ReviewProgress | undefined {
    return this.#progress;
  }
  get active(): number {
    return this.#active;
  }
  /** undefined when there is none. */
  get image(): QueuedImage | undefined {
    return this.#images[this.#active];
  }

  async load(): Promise<void> {
    const mine = ++this.#loads;
    this.#changes++;
    if (this.#state.kind === 'failed') this.#state = { kind: 'loading' };
    try {
      const { images, total, progress } = await this.#ask(0);
      if (mine !== this.#loads) return;
      this.#lists++;
      this.#images = images;
      this.#total = total;
      this.#progress = progress;
      this.#active = 0;
      this.#path = [];
      this.#undone = [];
      this.#state = { kind: 'ready', value: null };
    } catch (error) {
      if (mine !== this.#loads) return;
      this.#state = { kind: 'failed', message: wordsOf(error) };
    }
  }

  /** Goes to an image; stays at the ends. Fetches what comes next. */
  async go(index: number): Promise<void> {
    this.#active = Math.max(0, Math.min(index, this.#images.length - 1));
    if (this.#active + pageSize / 2 > this.#images.length) await this.more(this.#images.length + 1);
  }

  /** Fetches the images up to `end` as far as there are any. */
  async more(end: number): Promise<void> {
    if (this.#isAsking || this.#images.length >= Math.min(end, this.total)) return;
    this.#isAsking = true;
    const lists = this.#lists;
    try {
      // Those that the filter does not mean any more take no place on the core's pages.
      const offset = this.#images.filter((image) => isMeant(image, this.filter.show)).length;
      const { images, total } = await this.#ask(offset);
      if (lists !== this.#lists) return;
      const before = this.#images.length;
      this.#images = withFresh(this.#images, images);
      this.#total = total - offset + before;
    } finally {
      this.#isAsking = false;
    }
  }

  /**
   * Writes a verdict on images of the list (by place) and goes on to the one after the last, unless it
   * stays: at once, before the core has answered, so that the next key is meant for the next image.
   * Comes back when the verdict could not be written.
   */
  async judge(
    places: readonly number[],
    verdict: StandingVerdict,
    { reviewer, note }: { readonly reviewer: string; readonly note: string },
    { isStaying = false } = {},
  ): Promise<void> {
    const images = places.flatMap((place) => this.#images[place] ?? []);
    if (images.length === 0) return;
    const { modelId } = this.judged;
    this.#changes++;
    const [pathBefore, progressBefore] = [this.#path, this.#progress];
    const writing = this.#core.call('reviews.add', {
      ...{ imageIds: images.map(({ imageId }) => imageId), modelId, verdict, reviewer },
      ...(note === '' ? {} : { note }),
    });
    for (const image of images) this.#progress &&= withVerdict(this.#progress, image, verdict);
    const said = { verdict, reviewer, note: note === '' ? null : note };
    this.#images = withNewer(
      this.#images,
      images.map((image) => ({ ...image, ...said })),
    );
    const last = Math.max(...places);
    this.#path = [...pathBefore, last];
    this.#undone = [];
    const going = this.go(isStaying ? last : last + 1);
    try {
      await writing;
    } catch (error) {
      this.#images = withNewer(this.#images, images);
      this.#path = pathBefore;
      this.#progress = progressBefore;
      this.#active = Math.min(...places);
      throw error;
    } finally {
      await going;
    }
  }

  /**
   * After verdicts were taken back or given elsewhere: the images stay, with what stands now. A verdict
   * that is given meanwhile is newer than the answer, which is then left out.
   */
  async refresh(): Promise<void> {
    const mine = ++this.#changes;
    const last = this.#images.at(-1)?.imageId;
    const newer: QueuedImage[] = [];
    for (let offset = 0; last !== undefined; offset += largestPage) {
      const { images, total, progress } = await this.#core.call('reviews.queue', {
        ...this.judged,
        ...{ show: 'all', flaggedOnly: this.filter.flaggedOnly, offset, limit: largestPage },
      });
      if (mine !== this.#changes) return;
      this.#progress = progress;
      newer.push(...images);
      // With a filter by role or verdict the list's last image may be further down.
      const isWhole = images.some(({ imageId }) => imageId === last);
      if (isWhole || offset + largestPage >= total) break;
    }
    this.#images = withNewer(this.#images, newer);
  }

  /** Takes back what was done last, and goes to where it was done. `words`: null when nothing was. */
  async undo(): Promise<string | null> {
    const { words } = await this.#core.call('edits.undo', {});
    const place = words === null ? undefined : this.#path.at(-1);
    if (place !== undefined) {
      this.#path = this.#path.slice(0, -1);
      this.#undone = [...this.#undone, place];
    }
    await this.refresh();
    if (place !== undefined) this.#active = place;
    return words;
  }

  /** Does again what was taken back last, and goes to where that is. */
  async redo(): Promise<string | null> {
    const { words } = await this.#core.call('edits.redo', {});
    const place = words === null ? undefined : this.#undone.at(-1);
    if (place !== undefined) {
      this.#undone = this.#undone.slice(0, -1);
      this.#path = [...this.#path, place];
    }
    await this.refresh();
    if (place !== undefined) this.#active = place;
    return words;
  }

  #ask(offset: number): Promise<ReviewQueue> {
    const { show, flaggedOnly, role } = this.filter;
    return this.#core.call('reviews.queue', {
      ...this.judged,
      ...{ show, flaggedOnly, offset, limit: pageSize },
      ...(role === undefined ? {} : { role }),
    });
  }
}
