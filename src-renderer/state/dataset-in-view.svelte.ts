// The dataset that was in view last, in whichever view: the next view starts with it.

export class DatasetInView {
  #name = $state<string>();

  /** undefined until one is chosen; may have been deleted since. */
  get name(): string | undefined {
    return this.#name;
  }

  choose(name: string): void {
    this.#name = name;
  }

  /** Of another project. */
  forget(): void {
    this.#name = undefined;
  }
}
