// Connects a browser to the core: exchanges the token of the address once for a cookie, then opens a
// socket.

import { Failure } from '#domain/failure.ts';
import type { Link } from '#rpc/link.ts';
import { openSocketLink } from './socket-link.ts';

/** The project that the server serves. */
export interface Served {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Another site cannot send this header without a CORS preflight. */
const ownHeader = { 'X-Normscope': '1' } as const;

/** Removes the token from the address bar and opens a session with it, or with an earlier cookie. */
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
