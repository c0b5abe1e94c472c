// The way to the core in a browser: a token from the address is exchanged once for a cookie, then a
// socket is opened with it.

import { Failure } from '#domain/failure.ts';
import type { Link } from '#rpc/link.ts';
import { openSocketLink } from './socket-link.ts';

/** What the server says of the project that it serves. */
export interface Served {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Another site cannot send this header without being asked for permission first. */
const ownHeader = { 'X-Normscope': '1' } as const;

/** Takes the token out of the address bar and enters with it, or with the cookie of last time. */
export async function enterServer(): Promise<Served> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(null, '', location.pathname);
  const answer = await fetch('session', {
    method: 'POST',
    headers: { ...ownHeader, 'Content-Type': 'application/json' },
    body: JSON.stringify(token === null ? {} : { token }),
  }).catch(() => {
    throw new Failure('link-closed', 'The server does not answer. Start it again.');
  });
  if (!answer.ok) {
    throw new Failure(
      'not-found',
      'This address has been used already or is not complete. ' +
        'Start the server again and open the address that it prints.',
    );
  }
  return (await answer.json()) as Served;
}

export function openServerLink(): Promise<Link> {
  const address = new URL('link', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return openSocketLink(address);
}
