// The current view, kept in the page's address so that back and forward work.

import type { DatasetInView } from './dataset-in-view.svelte.ts';
import type { ViewName } from '../views/view-names.ts';
import { formatAddress, parseAddress, type ViewAddress } from './view-address.ts';

export class Router {
  readonly #inView: DatasetInView;
  #address = $state.raw<ViewAddress>(parseAddress(location.hash));
  /** As in the address; no state, so that `follow` reads none. */
  #view: ViewName = parseAddress(location.hash).view;
  readonly #onLeave: () => void;

  /** `inView`: called with every dataset that an address names. `onLeave`: called when another view is shown. */
  constructor(inView: DatasetInView, onLeave: () => void = () => undefined) {
    this.#inView = inView;
    this.#onLeave = onLeave;
    this.follow();
  }

  get view(): ViewName {
    return this.#address.view;
  }

  /** A parameter of the address; undefined when it is missing. */
  param(name: string): string | undefined {
    const { params } = this.#address;
    return Object.hasOwn(params, name) ? params[name] : undefined;
  }

  go(view: ViewName, params: ViewAddress['params'] = {}): void {
    location.hash = formatAddress({ view, params });
    this.follow();
  }

  /** Returns to the first view and clears the address. */
  leave(): void {
    history.replaceState(null, '', location.pathname);
    this.#inView.forget();
    this.follow();
  }

  /** Reads the address; called on the window's "hashchange". */
  follow(): void {
    const address = parseAddress(location.hash);
    const isOther = address.view !== this.#view;
    this.#address = address;
    this.#view = address.view;
    if (isOther) this.#onLeave();
    const { dataset } = address.params;
    if (dataset !== undefined) this.#inView.choose(dataset);
  }
}
