// How Electron and the server serve the window's page: its content security policy (its own files and
// pictures, nothing else), and its files.

import { parseLook, type ShownLook } from './picture-look.ts';

/** `link`: where the page may connect to, beside its own origin; a WebSocket's origin or nothing. */
function pagePolicy(link = ''): string {
  const directives: Readonly<Record<string, string>> = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' blob:",
    'font-src': "'self'",
    'connect-src': `'self' ${link}`.trim(),
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'svelte-trusted-html',
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

export interface PageFile {
  /** The path below the folder of the page, by parts. */
  readonly path: readonly string[];
  readonly type: string;
  /** Its name contains a hash of its content, so it never changes. */
  readonly isImmutable: boolean;
}

/** The file of the page at an address; undefined for an invalid address. */
export function pageFile(address: string): PageFile | undefined {
  const [, folder, name, ending] =
    /^(assets\/)?([A-Za-z0-9_-][A-Za-z0-9._-]*\.([a-z0-9]+))$/.exec(address) ?? [];
  if (name === undefined || ending === undefined || !Object.hasOwn(types, ending)) return undefined;
  const isImmutable = folder !== undefined;
  return { path: isImmutable ? ['assets', name] : [name], type: types[ending]!, isImmutable };
}

export interface PictureAddress {
  readonly kind: 'thumb' | 'image';
  readonly hash: string;
  /** Only for an image; undefined for the unchanged picture. */
  readonly look: ShownLook | undefined;
}

/** Parses the address of a picture below the page's own; undefined for any other. */
export function pictureAddress(address: string): PictureAddress | undefined {
  const [, kind, hash, query] = /^(thumb|image)\/([0-9a-f]{64})(\?.*)?$/.exec(address) ?? [];
  if (hash === undefined) return undefined;
  if (query === undefined) return { kind: kind as PictureAddress['kind'], hash, look: undefined };
  const look = kind === 'image' ? parseLook(query) : undefined;
  return look && { kind: 'image', hash, look };
}

/** The name of an exported file in its address below the page's own; undefined for any other address. */
export function exportAddress(address: string): string | undefined {
  const [, encoded] = /^exports\/([^/?#]{1,400})$/.exec(address) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const name = decodeURIComponent(encoded);
    // As core/review/export-name.ts writes them: neither a separator nor a leading dot.
    return /^[\p{L}\p{N}_-][\p{L}\p{N}_.-]*\.(csv|txt|html)$/u.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Headers of every answer to the page. */
export function pageHeaders(link = ''): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': pagePolicy(link),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  };
}
