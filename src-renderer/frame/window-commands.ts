// Commands available on every screen; views add their own.

import type { Command } from '../state/commands.svelte.ts';
import type { AppContext } from '../state/app-context.svelte.ts';
import { views } from '../views/views.ts';

interface Sheets {
  readonly showPalette: () => void;
  readonly showShortcuts: () => void;
  readonly showTour: () => void;
}

export function windowCommands(app: AppContext, sheets: Sheets): Command[] {
  return [...projectCommands(app), ...viewCommands(app), ...helpCommands(app, sheets)];
}

function projectCommands(app: AppContext): Command[] {
  const { session } = app;
  const hasShell = () => session.shell !== null;
  const isOpenHere = () => session.shell !== null && session.core !== null;
  const importFrom = (kind: 'folders' | 'files') => () =>
    app.attempt(async () => {
      const paths = await session.shell?.call('files.pick', { kind });
      if (paths && paths.length > 0) app.offerFiles(paths);
    });
  return [
    {
      id: 'new-project',
      title: 'New project …',
      section: 'Project',
      keys: 'Mod+N',
      isEnabled: hasShell,
      run: () => app.newProject(),
    },
    {
      id: 'open-project',
      title: 'Open project …',
      section: 'Project',
      keys: 'Mod+O',
      isEnabled: hasShell,
      run: () => app.pickProject(),
    },
    {
      id: 'import-folder',
      title: 'Import a folder …',
      section: 'Project',
      keys: 'Mod+I',
      isEnabled: isOpenHere,
      run: importFrom('folders'),
    },
    {
      id: 'import-files',
      title: 'Import files …',
      section: 'Project',
      keys: 'Mod+Shift+I',
      isEnabled: isOpenHere,
      run: importFrom('files'),
    },
    {
      id: 'close-project',
      title: 'Close project',
      section: 'Project',
      isEnabled: isOpenHere,
      run: () => app.closeProject(),
    },
  ];
}

function viewCommands(app: AppContext): Command[] {
  const { session, router, theme } = app;
  const isOpen = () => session.core !== null;
  return [
    ...views.map(({ name, title }, at): Command => ({
      id: `go-${name}`,
      title,
      section: 'Go to',
      keys: `Mod+${at + 1}`,
      // The usual shortcut for settings.
      ...(name === 'settings' && { keys: 'Mod+,', otherKeys: `Mod+${at + 1}` }),
      isEnabled: isOpen,
      run: () => router.go(name),
    })),
    ...(
      [
        ['images', 'problems', 'Import problems'],
        ['images', 'duplicates', 'Duplicate images'],
        ['runs', 'trash', 'Deleted runs (trash)'],
      ] as const
    ).map(([view, show, title]): Command => ({
      id: `show-${show}`,
      title,
      section: 'Go to',
      isEnabled: isOpen,
      run: () => router.go(view, { show }),
    })),
    {
      id: 'show-storage',
      title: 'Storage and backups',
      section: 'Go to',
      isEnabled: isOpen,
      run: () => router.go('settings', { page: 'storage' }),
    },
    {
      id: 'toggle-theme',
      title: 'Switch between light and dark',
      section: 'View',
      run: () => app.chooseTheme(theme.shown === 'dark' ? 'light' : 'dark'),
    },
  ];
}

function helpCommands(
  { session, router }: AppContext,
  { showPalette, showShortcuts, showTour }: Sheets,
): Command[] {
  return [
    {
      id: 'show-commands',
      title: 'All commands …',
      section: 'Help',
      keys: 'Mod+K',
      run: showPalette,
    },
    {
      id: 'show-shortcuts',
      title: 'Keyboard shortcuts',
      section: 'Help',
      keys: '?',
      run: showShortcuts,
    },
    { id: 'show-tour', title: 'How Normscope works', section: 'Help', run: showTour },
    {
      id: 'show-glossary',
      title: 'Glossary',
      section: 'Help',
      isEnabled: () => session.core !== null,
      run: () => router.go('settings', { page: 'glossary' }),
    },
  ];
}
