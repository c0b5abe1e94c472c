// The list of toasts: short messages about results and errors.

import { SvelteMap } from 'svelte/reactivity';

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly sinceMs: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** Display time of results, milliseconds; errors stay until dismissed. */
const shownMs = 6000;
/** Results that offer a next step are shown longer. */
const offeredMs = 15_000;
/** An error that was shown for so long is dismissed when its view is left, milliseconds. */
const readMs = 6000;

export class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #nextId = 1;
  readonly #leaving = new SvelteMap<number, ReturnType<typeof setTimeout>>();
  #isHeld = false;

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Replaces earlier results: their undo would now undo something else. */
  done(text: string, action?: Toast['action']): void {
    this.#dismissAll(({ kind }) => kind === 'done');
    this.#add({ kind: 'done', text, action });
  }

  failed(text: string, action?: Toast['action']): void {
    // A repeated error is shown once.
    this.#dismissAll((toast) => toast.kind === 'failed' && toast.text === text);
    this.#add({ kind: 'failed', text, action });
  }

  /** Dismisses errors that were there long enough to be read. Called when another view is shown. */
  leaveView(): void {
    const before = performance.now() - readMs;
    this.#dismissAll(({ kind, sinceMs }) => kind === 'failed' && sinceMs < before);
  }

  dismiss(id: number): void {
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
    this.#list = this.#list.filter((toast) => toast.id !== id);
    // Removing the toast may remove the hovered or focused element without an event.
    if (this.#isHeld) this.hold(false);
  }

  /** While the pointer or the focus is on the toasts, none disappears. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    if (!isHeld) for (const toast of this.#list) this.#scheduleDismissal(toast);
  }

  #dismissAll(matches: (toast: Toast) => boolean): void {
    for (const toast of this.#list.filter(matches)) this.dismiss(toast.id);
  }

  #add(toast: Omit<Toast, 'id' | 'sinceMs'>): void {
    const added = { ...toast, id: this.#nextId++, sinceMs: performance.now() };
    this.#list = [...this.#list, added];
    if (!this.#isHeld) this.#scheduleDismissal(added);
  }

  #scheduleDismissal({ id, kind, action }: Toast): void {
    if (kind === 'done')
      this.#leaving.set(
        id,
        setTimeout(
          () => this.dismiss(id),
          action && action.label !== 'Undo' && action.label !== 'Redo' ? offeredMs : shownMs,
        ),
      );
  }
}
