// The current view, kept in the page's address so that back and forward work.

import type { ViewName } from '../views/view-names.ts';
import { formatAddress, parseAddress, type ViewAddress } from './view-address.ts';

export class Router {
  #address = $state.raw<ViewAddress>(parseAddress(location.hash));
  readonly #onLeave: () => void;

  /** onLeave: called when another view is shown. */
  constructor(onLeave: () => void = () => undefined) {
    this.#onLeave = onLeave;
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
    this.follow();
  }

  /** Reads the address; called on the window's "hashchange". */
  follow(): void {
    const before = this.#address.view;
    this.#address = parseAddress(location.hash);
    if (this.#address.view !== before) this.#onLeave();
  }
}
