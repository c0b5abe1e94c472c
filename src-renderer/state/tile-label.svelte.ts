// What stands below the tiles of all galleries; kept for the next start.

import { tileLabels, type TileLabel } from '../parts/tiles/tile-labels.ts';

const key = 'normscope.tile-label';

export class TileLabelSetting {
  #chosen = $state<TileLabel>(remembered());

  get chosen(): TileLabel {
    return this.#chosen;
  }

  choose(label: TileLabel): void {
    this.#chosen = label;
    localStorage.setItem(key, label);
  }
}

function remembered(): TileLabel {
  const stored = localStorage.getItem(key);
  return tileLabels.find((label) => label === stored) ?? 'name';
}
