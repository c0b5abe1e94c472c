// The native menus. Every item runs a command of the window, so that menu and palette never differ.

import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#contract/shell.ts';

/** onCommand: for the window in front; onNewWindow: opens a further one. */
export function setMenu(onCommand: (command: MenuCommand) => void, onNewWindow: () => void): void {
  const isMac = process.platform === 'darwin';
  const item = (
    label: string,
    command: MenuCommand,
    accelerator?: string,
  ): MenuItemConstructorOptions => ({
    label,
    click: () => onCommand(command),
    // The page handles the keys itself; the menu only shows them.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        item('New Project …', 'new-project', 'CmdOrCtrl+N'),
        item('Open Project …', 'open-project', 'CmdOrCtrl+O'),
        item('Close Project', 'close-project'),
        separator,
        item('Import Folder …', 'import-folder', 'CmdOrCtrl+I'),
        item('Import Files …', 'import-files', 'CmdOrCtrl+Shift+I'),
        separator,
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: onNewWindow },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('Undo', 'undo', 'CmdOrCtrl+Z'),
        item('Redo', 'redo', 'CmdOrCtrl+Y'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        item('All Commands …', 'show-commands', 'CmdOrCtrl+K'),
        item('Settings', 'go-settings', 'CmdOrCtrl+,'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [separator, { role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [item('Keyboard Shortcuts', 'show-shortcuts')] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
