// Short messages about what has just happened.

import { SvelteMap } from 'svelte/reactivity';

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** What went wrong stays until it is dismissed. */
const shownMs = 6000;

export class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #nextId = 1;
  readonly #leaving = new SvelteMap<number, ReturnType<typeof setTimeout>>();
  #isHeld = false;

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Instead of what was done before: its action would now take something else back. */
  done(text: string, action?: Toast['action']): void {
    this.#dismissAll(({ kind }) => kind === 'done');
    this.#add({ kind: 'done', text, action });
  }

  failed(text: string, action?: Toast['action']): void {
    // What goes wrong again and again is said once.
    this.#dismissAll((toast) => toast.kind === 'failed' && toast.text === text);
    this.#add({ kind: 'failed', text, action });
  }

  dismiss(id: number): void {
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
    this.#list = this.#list.filter((toast) => toast.id !== id);
    // With the toast went the focus or what was pointed at, and no event says so.
    if (this.#isHeld) this.hold(false);
  }

  /** While somebody points at them, or has the focus there, none goes by itself. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    if (!isHeld) for (const toast of this.#list) this.#letGo(toast);
  }

  #dismissAll(isMeant: (toast: Toast) => boolean): void {
    for (const toast of this.#list.filter(isMeant)) this.dismiss(toast.id);
  }

  #add(toast: Omit<Toast, 'id'>): void {
    const added = { ...toast, id: this.#nextId++ };
    this.#list = [...this.#list, added];
    if (!this.#isHeld) this.#letGo(added);
  }

  #letGo({ id, kind }: Toast): void {
    if (kind === 'done')
      this.#leaving.set(
        id,
        setTimeout(() => this.dismiss(id), shownMs),
      );
  }
}
