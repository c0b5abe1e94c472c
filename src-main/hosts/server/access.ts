// Access control of the server: the token printed at the start is exchanged once for a cookie, and only
// pages of this server are answered.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export class Access {
  readonly #hosts: ReadonlySet<string>;
  readonly #cookieName: string;
  #token: string | undefined = secret();
  readonly #cookie = secret();

  /** `port`: the one on which the server listens. */
  constructor(port: number) {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
    // Cookies are shared by all ports of a host: two servers must not use each other's.
    this.#cookieName = `normscope-${port}`;
  }

  /** undefined once it has been exchanged. */
  get token(): string | undefined {
    return this.#token;
  }

  /** A fresh token, for a browser that has lost its cookie. */
  renewToken(): string {
    this.#token = secret();
    return this.#token;
  }

  /** The value of "Set-Cookie" in exchange for the token, once; undefined for any other. */
  exchange(token: string): string | undefined {
    if (this.#token === undefined || !isSame(token, this.#token)) return undefined;
    this.#token = undefined;
    return `${this.#cookieName}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  hasCookie({ cookie = '' }: IncomingHttpHeaders): boolean {
    return cookie.split(';').some((pair) => {
      const at = pair.indexOf('=');
      return (
        pair.slice(0, at).trim() === this.#cookieName &&
        isSame(pair.slice(at + 1).trim(), this.#cookie)
      );
    });
  }

  /**
   * False for requests from pages of other sites, and for host names that resolve to this computer
   * (DNS rebinding). needsOrigin: true for requests that only our own page makes.
   */
  isFromUs(headers: IncomingHttpHeaders, needsOrigin: boolean): boolean {
    const { host, origin } = headers;
    if (host === undefined || !this.#hosts.has(host)) return false;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    return origin === undefined ? !needsOrigin : origin === `http://${host}`;
  }
}

function secret(): string {
  return randomBytes(32).toString('hex');
}

/** In constant time, so that the time does not tell how much of it is correct. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
