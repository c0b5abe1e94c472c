// Words in the corner of the desktop when something has ended and nobody looks. Only where the user
// has switched them on, and a browser has been allowed to.

import type { ShellClient } from '../client/clients.ts';

const storageKey = 'normscope-notices';

export class Notices {
  #isOn = $state(localStorage.getItem(storageKey) === 'on');

  get isOn(): boolean {
    return this.#isOn;
  }

  /** In a browser, asks for the permission; false when it was refused or cannot be had. */
  async switchOn(shell: ShellClient | null): Promise<boolean> {
    if (!shell) {
      if (!('Notification' in window)) return false;
      if ((await Notification.requestPermission()) !== 'granted') return false;
    }
    this.#isOn = true;
    localStorage.setItem(storageKey, 'on');
    return true;
  }

  switchOff(): void {
    this.#isOn = false;
    localStorage.removeItem(storageKey);
  }

  /** Says it unless it is switched off or the window is looked at. */
  async tell(shell: ShellClient | null, title: string, text: string): Promise<void> {
    if (!this.#isOn || document.hasFocus()) return;
    if (shell) {
      await shell.call('notice.show', { title, text });
    } else if ('Notification' in window && Notification.permission === 'granted') {
      const notice = new Notification(title, { body: text });
      notice.onclick = () => window.focus();
    }
  }
}
