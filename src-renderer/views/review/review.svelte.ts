// A review of one dataset ranked by one model: list, current position and verdicts. A judged image
// keeps its position until another list is loaded, so that the reviewer can go back to it.

import type { Role } from '#contract/core.ts';
import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Loading } from '../../parts/loading.ts';
import {
  matchesShow,
  withFresh,
  withNewer,
  withVerdict,
  type ReviewProgress,
} from './review-list.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';
import { errorMessage } from '../../state/error-message.ts';

type ReviewFigures = Pick<ReviewQueue, 'scored' | 'threshold' | 'categories'>;

const pageSize = 200;

/** The most images that the core returns at once. */
const largestPage = 1000;

export interface ReviewFilter {
  readonly show: ReviewShow;
  readonly flaggedOnly: boolean;
  readonly role?: Role | undefined;
  /** A list with at most this share of false images flags, instead of the threshold. */
  readonly falseShare?: number | undefined;
  /** Only images judged with this category. */
  readonly category?: string | undefined;
  /** Only this reviewer's own verdicts count. */
  readonly reviewer?: string;
  /** Seed of an order that tells nothing. */
  readonly shuffle?: number;
}

/** Who judges, and what is said beside the verdict. */
export interface Judging {
  readonly reviewer: string;
  readonly note: string;
  readonly category: string | null;
  readonly isBlind: boolean;
}

export class Review {
  readonly #core: CoreClient;
  readonly modelAndDataset: ModelAndDataset;
  readonly filter: ReviewFilter;
  #state = $state.raw<Loading<null>>({ kind: 'loading' });
  #images = $state.raw<readonly QueuedImage[]>([]);
  #total = $state(0);
  #progress = $state.raw<ReviewProgress>();
  #figures = $state.raw<ReviewFigures>({ scored: 0, threshold: null, categories: [] });
  #active = $state(0);
  /** Positions of verdicts, the latest last: undo goes back to it. */
  #path: readonly number[] = [];
  /** Positions of undone verdicts, the latest last: redo goes back to it. */
  #undone: readonly number[] = [];
  #isAsking = false;
  /** Counters that make pending answers outdated: list requests, */
  #loads = 0;
  /** lists received, */
  #lists = 0;
  /** and verdicts and later refreshes. */
  #changes = 0;

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset, filter: ReviewFilter) {
    this.#core = core;
    this.modelAndDataset = modelAndDataset;
    this.filter = filter;
  }

  get state(): Loading<null> {
    return this.#state;
  }
  /** The loaded images; more are loaded as the reviewer advances. */
  get images(): readonly QueuedImage[] {
    return this.#images;
  }
  /** Images that match the filter, or matched it before they were judged. */
  get total(): number {
    return Math.max(this.#total, this.#images.length);
  }
  get progress(): ReviewProgress | undefined {
    return this.#progress;
  }
  /** Of the dataset. */
  get figures(): ReviewFigures {
    return this.#figures;
  }
  get active(): number {
    return this.#active;
  }
  /** undefined when the list is empty. */
  get image(): QueuedImage | undefined {
    return this.#images[this.#active];
  }

  async load(): Promise<void> {
    const mine = ++this.#loads;
    this.#changes++;
    if (this.#state.kind === 'failed') this.#state = { kind: 'loading' };
    try {
      const { images, total, progress, ...figures } = await this.#ask(0);
      if (mine !== this.#loads) return;
      this.#lists++;
      this.#images = images;
      this.#total = total;
      this.#progress = progress;
      this.#figures = figures;
      this.#active = 0;
      this.#path = [];
      this.#undone = [];
      this.#state = { kind: 'ready', value: null };
    } catch (error) {
      if (mine !== this.#loads) return;
      this.#state = { kind: 'failed', message: errorMessage(error) };
    }
  }

  /** Goes to an image, clamped to the list. Loads the following images. */
  async go(index: number): Promise<void> {
    this.#active = Math.max(0, Math.min(index, this.#images.length - 1));
    if (this.#active + pageSize / 2 > this.#images.length) await this.more(this.#images.length + 1);
  }

  /** Loads the images up to `end`, as far as there are any. */
  async more(end: number): Promise<void> {
    if (this.#isAsking || this.#images.length >= Math.min(end, this.total)) return;
    this.#isAsking = true;
    const lists = this.#lists;
    try {
      // Images that no longer match the filter are not on the core's pages.
      const offset = this.#images.filter((image) => matchesShow(image, this.filter)).length;
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
   * Writes a verdict on images of the list (by position) and moves to the image after the last one,
   * unless `isStaying`. It moves before the core has answered, so that the next key applies to the
   * next image, and moves back when the verdict could not be written.
   */
  async judge(
    places: readonly number[],
    verdict: StandingVerdict,
    { reviewer, note, category, isBlind }: Judging,
    { isStaying = false } = {},
  ): Promise<void> {
    const images = places.flatMap((place) => this.#images[place] ?? []);
    if (images.length === 0) return;
    const { modelId } = this.modelAndDataset;
    this.#changes++;
    const [pathBefore, progressBefore] = [this.#path, this.#progress];
    const writing = this.#core.call('reviews.add', {
      ...{ imageIds: images.map(({ imageId }) => imageId), modelId, verdict, reviewer },
      ...(note === '' ? {} : { note }),
      ...(category === null ? {} : { category }),
      ...(isBlind ? { blind: true } : {}),
    });
    for (const image of images) this.#progress &&= withVerdict(this.#progress, image, verdict);
    const given = { verdict, reviewer, note: note === '' ? null : note, category };
    this.#images = withNewer(
      this.#images,
      images.map((image) => ({ ...image, ...given })),
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
   * After an undo or verdicts in another window: keeps the list and updates its verdicts. An answer
   * that a newer verdict has made outdated is dropped.
   */
  async refresh(): Promise<void> {
    const mine = ++this.#changes;
    const last = this.#images.at(-1)?.imageId;
    const newer: QueuedImage[] = [];
    for (let offset = 0; last !== undefined; offset += largestPage) {
      const { images, total, progress, ...figures } = await this.#core.call('reviews.queue', {
        ...this.modelAndDataset,
        ...{ show: 'all', flaggedOnly: this.filter.flaggedOnly, offset, limit: largestPage },
        ...this.#reading,
      });
      if (mine !== this.#changes) return;
      this.#progress = progress;
      this.#figures = figures;
      newer.push(...images);
      // With a role or verdict filter the list's last image may be on a later page.
      const isWhole = images.some(({ imageId }) => imageId === last);
      if (isWhole || offset + largestPage >= total) break;
    }
    this.#images = withNewer(this.#images, newer);
  }

  /**
   * Undoes the last edit and goes to its image. Returns its description; null when there was none.
   */
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

  /** Redoes the last undone edit and goes to its image. */
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
    const { show, flaggedOnly, role, category } = this.filter;
    return this.#core.call('reviews.queue', {
      ...this.modelAndDataset,
      ...{ show, flaggedOnly, offset, limit: pageSize },
      ...(role === undefined ? {} : { role }),
      ...(category === undefined ? {} : { category }),
      ...this.#reading,
    });
  }

  /** Whose verdicts, in which order, and what flags. */
  get #reading() {
    const { falseShare, reviewer, shuffle } = this.filter;
    return {
      ...(falseShare === undefined ? {} : { falseShare }),
      ...(reviewer === undefined ? {} : { reviewer }),
      ...(shuffle === undefined ? {} : { shuffle }),
    };
  }
}
