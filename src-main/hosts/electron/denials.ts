// What is forbidden to every page (leaving its origin, opening windows, using devices, downloading) and to
// Chromium itself (using the network).

import { app, session, type WebContents } from 'electron';
import { pageOrigin } from './page-protocol.ts';

/** Nothing leaves this computer: to be called before the app is ready. */
export function denyNetwork(): void {
  // No name is ever resolved, so Chromium reaches no proxy, update or dictionary.
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

/** The address of the page, without the view. */
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
