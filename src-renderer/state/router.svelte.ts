// Which view is shown, kept in the address: "#/review?run=3". Back and forward work.

import { viewNames, type ViewName } from '../views/view-names.ts';

export class Router {
  #view = $state<ViewName>('images');
  #params = $state.raw(new URLSearchParams());

  constructor() {
    this.follow();
  }

  get view(): ViewName {
    return this.#view;
  }

  /** What the address says beside the view's name; undefined when it does not. */
  param(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  go(view: ViewName, params: Readonly<Record<string, string>> = {}): void {
    const search = new URLSearchParams(params).toString();
    location.hash = `/${view}${search === '' ? '' : `?${search}`}`;
    this.follow();
  }

  /** Reads the address; for the window's "hashchange". */
  follow(): void {
    const [name = '', search = ''] = location.hash.replace(/^#\/?/, '').split('?');
    this.#view = isViewName(name) ? name : 'images';
    this.#params = new URLSearchParams(search);
  }
}

function isViewName(name: string): name is ViewName {
  return (viewNames as readonly string[]).includes(name);
}
