// What no page may do, whatever it is: leave its origin, open windows, use devices, download; and what
// Chromium may not: use the network.

import { app, session, type WebContents } from 'electron';
import { pageOrigin } from './page-protocol.ts';

/** Nothing leaves this computer: to be called before the app is ready. */
export function denyNetwork(): void {
  // No name is ever looked up, whatever Chromium would like to know: proxies, updates, dictionaries.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('no-proxy-server');
  app.commandLine.appendSwitch('disable-background-networking');
}

/** To be called once, before the first window. */
export function denyEverythingElse(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  // It would fetch its dictionaries.
  defaultSession.setSpellCheckerEnabled(false);
  defaultSession.on('will-download', (event) => event.preventDefault());
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, decide) => {
    event.preventDefault();
    decide(false);
  });
  app.on('web-contents-created', (_event, contents) => confine(contents));
}

/** The address of the page, whichever view it shows. */
function withoutView(url: string): string {
  return url.split('#')[0]!;
}

function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  const stay = (event: { preventDefault: () => void }, url: string) => {
    // A reload is the page itself.
    const isItself = withoutView(url) === withoutView(contents.getURL());
    if (!isItself || !url.startsWith(`${pageOrigin}/`)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
}
