// How the window's page is served, by Electron and by the server alike: what it may load (its own
// files and pictures, nothing else), and what its files are.

/** `link`: where the page may connect to, beside its own origin; a WebSocket's origin or nothing. */
export function pagePolicy(link = ''): string {
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

/** The media type of a file of the page, by its name; undefined for files that are none. */
export function pageFileType(name: string): string | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(types, ending) ? types[ending] : undefined;
}

/** The address of a picture below the page's own; undefined when it is none. */
export function pictureAddress(
  address: string,
): { readonly kind: 'thumb' | 'image'; readonly hash: string } | undefined {
  const [, kind, hash] = /^(thumb|image)\/([0-9a-f]{64})$/.exec(address) ?? [];
  return hash === undefined ? undefined : { kind: kind as 'thumb' | 'image', hash };
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
