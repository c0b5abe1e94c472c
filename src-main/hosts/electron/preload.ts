// What the page gets from Electron: the ports that main hands over, and the path of a dropped file.
// No message is named here: the contracts define them.

import { contextBridge, ipcRenderer, webUtils } from 'electron';

ipcRenderer.on('port', ({ ports }, name: string) => {
  window.postMessage(name, location.origin, ports);
});

contextBridge.exposeInMainWorld('desktop', {
  connect: () => ipcRenderer.send('connect'),
  // webUtils came with Electron 29; files had a path of their own until 32.
  pathOf: (file: File) =>
    (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ??
    (file as File & { readonly path?: string }).path ??
    '',
});
