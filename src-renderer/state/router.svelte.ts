// Which view is shown. It is kept in the address, so that back and forward work.

import type { ViewName } from '../views/view-names.ts';
import { formatAddress, parseAddress, type ViewAddress } from './view-address.ts';

export class Router {
  #address = $state.raw<ViewAddress>(parseAddress(location.hash));

  get view(): ViewName {
    return this.#address.view;
  }

  /** What the address says beside the view's name; undefined when it does not. */
  param(name: string): string | undefined {
    const { params } = this.#address;
    return Object.hasOwn(params, name) ? params[name] : undefined;
  }

  go(view: ViewName, params: ViewAddress['params'] = {}): void {
    location.hash = formatAddress({ view, params });
    this.follow();
  }

  /** Back to the first view, with no way forward to where one was. */
  leave(): void {
    history.replaceState(null, '', location.pathname);
    this.follow();
  }

  /** Reads the address; for the window's "hashchange". */
  follow(): void {
    this.#address = parseAddress(location.hash);
  }
}
