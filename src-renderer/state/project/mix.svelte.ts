// What the project learns as outliers: sources and shifts, each on or off and with a weight. The core
// keeps it; every change here is shown at once and sent a moment later.

import type { OutlierMix } from '#contract/outlier.ts';
import { shiftNames, type ShiftName } from '#domain/shift-table.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Attempt } from '../frame.svelte.ts';

export type MixSource = OutlierMix['sources'][number];
export type MixShift = OutlierMix['shifts'][number];

/** A slider moves often: changes within this time are sent as one, milliseconds. */
const sendAfterMs = 250;

export class Mix {
  readonly #core: CoreClient;
  readonly #attempt: Attempt;
  #mix = $state.raw<OutlierMix>({ sources: [], shifts: [] });
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Sent and not yet answered. */
  #underWay = 0;

  /** attempt: says what could not be sent. */
  constructor(core: CoreClient, attempt: Attempt) {
    this.#core = core;
    this.#attempt = attempt;
    core.on('mix.changed', (mix) => {
      // An echo of what was sent must not take back what was changed since.
      if (this.#timer === undefined && this.#underWay === 0) this.#mix = mix;
    });
  }

  async load(): Promise<void> {
    const mix = await this.#core.call('mix.show', {});
    if (this.#timer === undefined) this.#mix = mix;
  }

  /** Shifts that are on, in the order in which they were first chosen. */
  get usedShifts(): readonly MixShift[] {
    return this.#mix.shifts.filter(({ isUsed }) => isUsed);
  }

  source(name: string): MixSource {
    const known = this.#mix.sources.find((source) => source.name === name);
    return known ?? { name, weight: 1, isUsed: true };
  }

  shift(name: ShiftName): MixShift {
    const known = this.#mix.shifts.find((shift) => shift.name === name);
    return known ?? { name, weight: 1, isUsed: false, strength: 0.5 };
  }

  changeSource(name: string, change: Partial<Omit<MixSource, 'name'>>): void {
    const source = { ...this.source(name), ...change };
    this.#change({ ...this.#mix, sources: replaced(this.#mix.sources, source) });
  }

  changeShift(name: ShiftName, change: Partial<Omit<MixShift, 'name'>>): void {
    const shift = { ...this.shift(name), ...change };
    this.#change({ ...this.#mix, shifts: replaced(this.#mix.shifts, shift) });
  }

  /** Exactly these are on; `sources` are all those at hand. */
  take(
    outliers: readonly { readonly name: string; readonly weight: number }[],
    shifts: readonly Omit<MixShift, 'isUsed'>[],
    sources: readonly string[],
  ): void {
    const gone = outliers.map(({ name }) => name).filter((name) => !sources.includes(name));
    const taken = [...sources, ...gone].map((name): MixSource => {
      const used = outliers.find((outlier) => outlier.name === name);
      const { weight = 1 } = used ?? {};
      return { ...this.source(name), weight, isUsed: used !== undefined };
    });
    const others = this.#mix.shifts.filter(({ name }) => !shifts.some((s) => s.name === name));
    this.#change({
      sources: taken,
      shifts: [
        ...shifts.filter(({ name }) => isKnown(name)).map((shift) => ({ ...shift, isUsed: true })),
        ...others.map((shift) => ({ ...shift, isUsed: false })),
      ],
    });
  }

  /** Sends at once what waits. */
  async flush(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#underWay++;
    try {
      await this.#core.call('mix.set', this.#mix);
    } finally {
      this.#underWay--;
    }
  }

  #change(mix: OutlierMix): void {
    this.#mix = mix;
    clearTimeout(this.#timer);
    // What cannot be sent now is sent with the next change.
    this.#timer = setTimeout(() => this.#attempt(() => this.flush()), sendAfterMs);
  }
}

function replaced<Item extends { readonly name: string }>(
  list: readonly Item[],
  item: Item,
): Item[] {
  const place = list.findIndex(({ name }) => name === item.name);
  return place < 0 ? [...list, item] : list.map((old, at) => (at === place ? item : old));
}

function isKnown(name: string): boolean {
  return shiftNames.some((shift) => shift === name);
}
