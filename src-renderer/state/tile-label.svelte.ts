// What stands below the tiles of all galleries; kept for the next start.

import { keepSetting } from './kept-settings.ts';

export const tileLabels = ['name', 'class', 'group', 'score'] as const;
export type TileLabel = (typeof tileLabels)[number];

const key = 'normscope.tile-label';

export class TileLabelSetting {
  #chosen = $state<TileLabel>(remembered());

  get chosen(): TileLabel {
    return this.#chosen;
  }

  choose(label: TileLabel): void {
    this.#chosen = label;
    keepSetting(key, label);
  }

  /** Takes up what is stored now. */
  restore(): void {
    this.#chosen = remembered();
  }
}

function remembered(): TileLabel {
  const stored = localStorage.getItem(key);
  return tileLabels.find((label) => label === stored) ?? 'name';
}
