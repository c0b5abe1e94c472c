// What one reviewer does at the desk: which images, how they are read, and verdicts that wait to be written.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Role } from '#contract/core.ts';
import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage } from '#contract/review.ts';
import type { Category } from '#contract/reviewing/agreement.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import { StageView } from '../stage/stage-view.svelte.ts';
import type { Attempt } from '../../state/app-context.svelte.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';
import { Contrast } from './single/contrast.svelte.ts';
import { NeighbourCache } from './single/neighbour-cache.svelte.ts';
import { Review } from './review.svelte.ts';
import { Reviewer } from './reviewer.svelte.ts';
import { shows, type Shown } from './shows.ts';

/** Kept by the window, so that a reload shows no name that was hidden. */
const blindKey = 'normscope.blind';

export interface DeskFilter {
  readonly shown: Shown;
  readonly role: Role | undefined;
  readonly category: string | undefined;
}

/** Whatever waits until the reviewer has a name. */
interface Waiting {
  readonly run: (() => void) | null;
}

export class Desk {
  readonly core: CoreClient;
  readonly modelAndDataset: ModelAndDataset;
  readonly reviewer: Reviewer;
  readonly neighbours: NeighbourCache;
  readonly categories: Resource<readonly Category[]>;
  /** Zoom and place, kept from image to image. */
  readonly stage = new StageView();
  readonly contrast = new Contrast();
  readonly #attempt: Attempt;
  /** Unsaved notes by image: kept while other images are shown. */
  readonly #drafts = new SvelteMap<number, string>();
  #filter = $state.raw<DeskFilter>({ shown: 'to do', role: undefined, category: undefined });
  #falseShare = $state<number>();
  #isBlind = $state(localStorage.getItem(blindKey) !== null);
  #isOwn = $state(false);
  #waiting = $state.raw<Waiting>();
  /** Positions in the list, in the gallery. */
  selected = $state.raw<readonly number[]>([]);
  /** Whether a normal image is held beside the picture. */
  isComparing = $state(false);
  /** Whether the picture fills the screen. */
  isFull = $state(false);

  /** Whose verdicts alone count: the same while others are chosen. */
  readonly #reading = $derived.by(() => (this.isOwn ? this.reviewer.name : undefined));
  readonly #review = $derived.by(() => {
    const made = this.#newReview();
    return untrack(() => {
      void made.load();
      return made;
    });
  });

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset, attempt: Attempt) {
    this.core = core;
    this.modelAndDataset = modelAndDataset;
    this.#attempt = attempt;
    this.reviewer = new Reviewer(core);
    this.neighbours = new NeighbourCache(core, modelAndDataset);
    this.categories = new Resource((signal) => core.call('reviews.categories', {}, signal));
  }

  /** Another filter, or way of reading, is another review. */
  get review(): Review {
    return this.#review;
  }
  get filter(): DeskFilter {
    return this.#filter;
  }
  /** Of the list that flags; undefined when the threshold does. */
  get falseShare(): number | undefined {
    return this.#falseShare;
  }
  /** Name, class, role, score and the verdicts of others are hidden, and the order tells nothing. */
  get isBlind(): boolean {
    return this.#isBlind && this.reviewer.name !== '';
  }
  /** Only the reviewer's own verdicts count. */
  get isOwn(): boolean {
    return (this.isBlind || this.#isOwn) && this.reviewer.name !== '';
  }
  get isAskingName(): boolean {
    return this.#waiting !== undefined;
  }

  show(change: Partial<DeskFilter>): void {
    this.#filter = { ...this.#filter, ...change };
    // Positions in the old list are no longer valid.
    this.selected = [];
  }

  /** The list or the threshold flags. */
  flagBy(share: number | undefined): void {
    this.#falseShare = share;
    this.selected = [];
  }

  readOwn(isOwn: boolean): void {
    this.#withName(() => {
      this.#isOwn = isOwn;
      this.selected = [];
    });
  }

  toggleBlind(): void {
    this.#withName(() => {
      this.#isBlind = !this.#isBlind;
      this.selected = [];
      if (this.#isBlind) {
        localStorage.setItem(blindKey, 'on');
        // A role or a list of flagged images would tell what is hidden.
        this.#filter = { shown: 'unreviewed', role: undefined, category: undefined };
        this.#falseShare = undefined;
      } else localStorage.removeItem(blindKey);
    });
  }

  noteOf({ imageId, note }: QueuedImage): string {
    return this.#drafts.get(imageId) ?? note ?? '';
  }

  draft(imageId: number, note: string): void {
    this.#drafts.set(imageId, note);
  }

  /** On the image in view, or on those selected in the gallery. */
  judge(verdict: StandingVerdict, category: string | null = null, isGallery = false): void {
    if (this.review.image === undefined) return;
    this.#withName(() => {
      const places = isGallery && this.selected.length > 0 ? this.selected : [this.review.active];
      this.#write(places, { verdict, category });
      this.selected = [];
    });
  }

  /** A note on an image that has a verdict is saved with the same verdict. */
  saveNote(): void {
    const { image, active } = this.review;
    if (!image || image.verdict === null) return;
    if (this.noteOf(image).trim() === (image.note ?? '')) return;
    const { verdict, category } = image;
    this.#withName(() => this.#write([active], { verdict, category }, { isStaying: true }));
  }

  move(step: number): void {
    this.#attempt(() => this.review.go(this.review.active + step));
  }

  askName(): void {
    this.#waiting = { run: null };
  }
  name(chosen: string): void {
    const run = this.#waiting?.run;
    this.reviewer.choose(chosen);
    this.#waiting = undefined;
    run?.();
  }
  endNaming(): void {
    this.#waiting = undefined;
  }

  #withName(run: () => void): void {
    if (this.reviewer.name === '') this.#waiting = { run };
    else run();
  }

  #write(
    places: readonly number[],
    judged: { readonly verdict: StandingVerdict; readonly category: string | null },
    options?: { readonly isStaying: boolean },
  ): void {
    const { review, isBlind } = this;
    const images = places.flatMap((place) => review.images[place] ?? []);
    const note = images.length === 1 ? this.noteOf(images[0]!).trim() : '';
    const written = images.map(({ imageId }) => ({ imageId, draft: this.#drafts.get(imageId) }));
    const by = { reviewer: this.reviewer.name, note, category: judged.category, isBlind };
    this.#attempt(async () => {
      await review.judge(places, judged.verdict, by, options);
      // What was typed meanwhile is not written yet.
      for (const { imageId, draft } of written) {
        if (this.#drafts.get(imageId) === draft) this.#drafts.delete(imageId);
      }
    });
  }

  #newReview(): Review {
    const { shown, role, category } = this.#filter;
    const { show, flaggedOnly } = shows[shown];
    const reviewer = this.#reading;
    const seed = seedOf(`${reviewer ?? ''}\n${this.modelAndDataset.dataset}`);
    return new Review(this.core, this.modelAndDataset, {
      ...{ show, flaggedOnly, role, category, falseShare: this.falseShare },
      ...(reviewer === undefined ? {} : { reviewer }),
      ...(this.isBlind ? { shuffle: seed } : {}),
    });
  }
}

/** The same order for a reviewer and a dataset at each opening, and another one for the next reviewer (FNV-1a). */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
