// What the window's page may load, wherever it is served from: its own files and pictures, nothing
// else. Sent as the header Content-Security-Policy.

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
