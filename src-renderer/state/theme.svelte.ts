// The colour theme: light or dark, chosen by the user or by the system.

import { MediaQuery } from 'svelte/reactivity';
import type { ThemeName } from '#contract/shell.ts';
import { keepSetting } from './kept-settings.ts';

const storageKey = 'normscope-theme';

export class Theme {
  #chosen = $state<ThemeName>('system');
  readonly #systemDark = new MediaQuery('(prefers-color-scheme: dark)');

  constructor() {
    this.restore();
  }

  /** Takes up what is stored now. */
  restore(): void {
    const stored = localStorage.getItem(storageKey);
    this.#chosen = stored === 'light' || stored === 'dark' ? stored : 'system';
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
    keepSetting(storageKey, theme);
  }
}
