// Short messages about what has just happened.

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

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Instead of what was done before: its action would now take something else back. */
  done(text: string, action?: Toast['action']): void {
    this.#list = this.#list.filter(({ kind }) => kind === 'failed');
    const id = this.#add({ kind: 'done', text, action });
    setTimeout(() => this.dismiss(id), shownMs);
  }

  failed(text: string, action?: Toast['action']): void {
    this.#add({ kind: 'failed', text, action });
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = this.#nextId++;
    this.#list = [...this.#list, { ...toast, id }];
    return id;
  }
}
