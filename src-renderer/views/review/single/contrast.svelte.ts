// How the grey values of pictures under review are shown: as stored, stretched for each picture, or from one value
// to another in all of them.

import { lookQuery, type PictureLook, type ShownLook } from '#contract/picture-look.ts';

export class Contrast {
  #look = $state.raw<ShownLook>();

  /** undefined: as stored. */
  get look(): ShownLook | undefined {
    return this.#look;
  }

  /** Behind the address of a picture. */
  get query(): string {
    return this.#look === undefined ? '' : lookQuery(this.#look);
  }

  /** As stored, or stretched for each picture. */
  toggle(): void {
    this.#look = this.#look === undefined ? 'auto' : undefined;
  }

  stretch(): void {
    this.#look = 'auto';
  }
  reset(): void {
    this.#look = undefined;
  }

  /** The same values for every picture; black stays below white. */
  set({ low, high }: Pick<PictureLook, 'low' | 'high'>): void {
    this.#look = { low: Math.min(low, high - 1), high, channel: 'all' };
  }
}
