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
  /** As the core last said it. */
  #kept: OutlierMix = { sources: [], shifts: [] };
  /** Changed here and not yet sent. */
  #own: Changes = nothing;
  /** Sent and not yet answered. */
  readonly #sending: Changes[] = [];

  /** attempt: says what could not be sent. */
  constructor(core: CoreClient, attempt: Attempt) {
    this.#core = core;
    this.#attempt = attempt;
    core.on('mix.changed', (mix) => {
      this.#kept = mix;
      // Neither an echo of what was sent nor another window takes back what is changed here.
      this.#mix = withOwn(mix, this.#mix, this.#unkept());
    });
  }

  async load(): Promise<void> {
    this.#kept = await this.#core.call('mix.show', {});
    this.#mix = withOwn(this.#kept, this.#mix, this.#unkept());
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
    this.#own = both(this.#own, { sources: [name], shifts: [] });
    this.#change({ ...this.#mix, sources: replaced(this.#mix.sources, source) });
  }

  changeShift(name: ShiftName, change: Partial<Omit<MixShift, 'name'>>): void {
    const shift = { ...this.shift(name), ...change };
    this.#own = both(this.#own, { sources: [], shifts: [name] });
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
    const mix: OutlierMix = {
      sources: taken,
      shifts: [
        ...shifts.filter(({ name }) => isKnown(name)).map((shift) => ({ ...shift, isUsed: true })),
        ...others.map((shift) => ({ ...shift, isUsed: false })),
      ],
    };
    this.#own = {
      sources: mix.sources.map(({ name }) => name),
      shifts: mix.shifts.map(({ name }) => name),
    };
    this.#change(mix);
  }

  /** Sends at once what waits. */
  async flush(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const sent = this.#own;
    this.#own = nothing;
    this.#sending.push(sent);
    try {
      await this.#core.call('mix.set', this.#mix);
      this.#sending.splice(this.#sending.indexOf(sent), 1);
      this.#mix = withOwn(this.#kept, this.#mix, this.#unkept());
    } catch (error) {
      // It stays to be sent, with the next change.
      this.#sending.splice(this.#sending.indexOf(sent), 1);
      this.#own = both(sent, this.#own);
      throw error;
    }
  }

  /** Everything that was changed here and that the core has not yet said to keep. */
  #unkept(): Changes {
    return this.#sending.reduce(both, this.#own);
  }

  #change(mix: OutlierMix): void {
    this.#mix = mix;
    clearTimeout(this.#timer);
    // What cannot be sent now is sent with the next change.
    this.#timer = setTimeout(() => this.#attempt(() => this.flush()), sendAfterMs);
  }
}

/** Names of what was changed. */
interface Changes {
  readonly sources: readonly string[];
  readonly shifts: readonly string[];
}

const nothing: Changes = { sources: [], shifts: [] };

function both(one: Changes, other: Changes): Changes {
  return {
    sources: [...one.sources, ...other.sources],
    shifts: [...one.shifts, ...other.shifts],
  };
}

/** `kept`, but for what was changed here, which is as `here`. */
function withOwn(kept: OutlierMix, here: OutlierMix, { sources, shifts }: Changes): OutlierMix {
  return {
    sources: here.sources
      .filter(({ name }) => sources.includes(name))
      .reduce(replaced, kept.sources),
    shifts: here.shifts.filter(({ name }) => shifts.includes(name)).reduce(replaced, kept.shifts),
  };
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
