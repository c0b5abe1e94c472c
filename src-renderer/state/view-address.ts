// The part of the page's address that names a view: "#/review?run=3".

import { viewNames, type ViewName } from '../views/view-names.ts';

export interface ViewAddress {
  readonly view: ViewName;
  readonly params: Readonly<Record<string, string>>;
}

/** An unknown or missing view name means the first view. */
export function parseAddress(hash: string): ViewAddress {
  const [name = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const params = Object.fromEntries(new URLSearchParams(search));
  return { view: isViewName(name) ? name : viewNames[0], params };
}

export function formatAddress({ view, params }: ViewAddress): string {
  const search = new URLSearchParams(params).toString();
  return search === '' ? `#/${view}` : `#/${view}?${search}`;
}

function isViewName(name: string): name is ViewName {
  return (viewNames as readonly string[]).includes(name);
}
