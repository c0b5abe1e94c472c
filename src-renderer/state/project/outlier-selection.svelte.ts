// The project's outlier selection: sources and shifts, each enabled or not and with a weight.
// Stored by the core; a change is shown at once and sent shortly after.

import type { OutlierMix } from '#contract/outlier.ts';
import { shiftNames, type ShiftName } from '#domain/shift-table.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Attempt } from '../app-context.svelte.ts';

export type SourceChoice = OutlierMix['sources'][number];
export type ShiftChoice = OutlierMix['shifts'][number];

/** Changes within this time, such as the moves of a slider, are sent as one, milliseconds. */
const sendAfterMs = 250;

export class OutlierSelection {
  readonly #core: CoreClient;
  readonly #attempt: Attempt;
  #mix = $state.raw<OutlierMix>({ sources: [], shifts: [] });
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The state last received from the core. */
  #kept: OutlierMix = { sources: [], shifts: [] };
  /** Changed in this window and not yet sent. */
  #own: Changes = nothing;
  /** Sent and not yet answered. */
  readonly #sending: Changes[] = [];

  /** attempt: reports changes that could not be sent. */
  constructor(core: CoreClient, attempt: Attempt) {
    this.#core = core;
    this.#attempt = attempt;
    core.on('mix.changed', (mix) => {
      this.#kept = mix;
      // Unsent changes of this window win over echoes and over other windows.
      this.#mix = withOwn(mix, this.#mix, this.#unkept());
    });
  }

  async load(): Promise<void> {
    this.#kept = await this.#core.call('mix.show', {});
    this.#mix = withOwn(this.#kept, this.#mix, this.#unkept());
  }

  /** Enabled shifts, in the order in which they were first chosen. */
  get usedShifts(): readonly ShiftChoice[] {
    return this.#mix.shifts.filter(({ isUsed }) => isUsed);
  }

  /** Whether anything was chosen for the source. */
  knows(name: string): boolean {
    return this.#mix.sources.some((source) => source.name === name);
  }

  source(name: string): SourceChoice {
    const known = this.#mix.sources.find((source) => source.name === name);
    return known ?? { name, weight: 1, isUsed: true };
  }

  shift(name: ShiftName): ShiftChoice {
    const known = this.#mix.shifts.find((shift) => shift.name === name);
    return known ?? { name, weight: 1, isUsed: false, strength: 0.5 };
  }

  changeSource(name: string, change: Partial<Omit<SourceChoice, 'name'>>): void {
    const source = { ...this.source(name), ...change };
    this.#own = both(this.#own, { sources: [name], shifts: [] });
    this.#change({ ...this.#mix, sources: replaced(this.#mix.sources, source) });
  }

  changeShift(name: ShiftName, change: Partial<Omit<ShiftChoice, 'name'>>): void {
    const shift = { ...this.shift(name), ...change };
    this.#own = both(this.#own, { sources: [], shifts: [name] });
    this.#change({ ...this.#mix, shifts: replaced(this.#mix.shifts, shift) });
  }

  /** Enables exactly these; `sources`: all existing sources. */
  take(
    outliers: readonly { readonly name: string; readonly weight: number }[],
    shifts: readonly Omit<ShiftChoice, 'isUsed'>[],
    sources: readonly string[],
  ): void {
    const gone = outliers.map(({ name }) => name).filter((name) => !sources.includes(name));
    const taken = [...sources, ...gone].map((name): SourceChoice => {
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

  /** Sends pending changes at once. */
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
      // Kept, to be sent with the next change.
      this.#sending.splice(this.#sending.indexOf(sent), 1);
      this.#own = both(sent, this.#own);
      throw error;
    }
  }

  /** All changes of this window that the core has not yet confirmed. */
  #unkept(): Changes {
    return this.#sending.reduce(both, this.#own);
  }

  #change(mix: OutlierMix): void {
    this.#mix = mix;
    clearTimeout(this.#timer);
    // A change that cannot be sent is sent with the next one.
    this.#timer = setTimeout(() => this.#attempt(() => this.flush()), sendAfterMs);
  }
}

/** Names of changed sources and shifts. */
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

/** `kept`, with the named sources and shifts as in `here`. */
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
