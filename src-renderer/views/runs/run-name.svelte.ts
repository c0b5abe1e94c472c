// The name of a run while it is edited: it follows the core until the user has typed something else.

export class RunName {
  /** What the field shows. */
  text = $state('');
  /** The name last received from the core. */
  #stored = '';

  /** Takes a name from the core, which may come from another window. */
  follow(name: string | null): void {
    const next = name ?? '';
    if (this.text === this.#stored) this.text = next;
    this.#stored = next;
  }

  /** The typed name, null for no name; undefined when it is unchanged. */
  get change(): string | null | undefined {
    const next = this.text.trim();
    if (next === this.#stored) return undefined;
    return next === '' ? null : next;
  }
}
