// The name of a run while it is edited: it follows the core until the user has typed something else.

export class RunName {
  /** What the field shows. */
  text = $state('');
  /** As the core last said it. */
  #stored = '';

  /** The core says how the run is named, perhaps in another window. */
  follow(name: string | null): void {
    const next = name ?? '';
    if (this.text === this.#stored) this.text = next;
    this.#stored = next;
  }

  /** What the user has typed, null for no name; undefined when that is the name already. */
  get change(): string | null | undefined {
    const next = this.text.trim();
    if (next === this.#stored) return undefined;
    return next === '' ? null : next;
  }
}
