// The colour theme: light or dark, chosen by the user or by the system.

import { MediaQuery } from 'svelte/reactivity';
import type { ThemeName } from '#contract/shell.ts';

const storageKey = 'normscope-theme';

export class Theme {
  #chosen = $state<ThemeName>('system');
  readonly #systemDark = new MediaQuery('(prefers-color-scheme: dark)');

  constructor() {
    const stored = localStorage.getItem(storageKey);
    if (stored === 'light' || stored === 'dark') this.#chosen = stored;
  }

  get chosen(): ThemeName {
    return this.#chosen;
  }
  get shown(): 'light' | 'dark' {
    if (this.#chosen !== 'system') return this.#chosen;
    return this.#systemDark.current ? 'dark' : 'light';
  }

  choose(theme: ThemeName): void {
    this.#chosen = theme;
    localStorage.setItem(storageKey, theme);
  }
}
