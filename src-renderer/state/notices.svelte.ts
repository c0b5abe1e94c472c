// Desktop notifications when a training has ended and the window has no focus. Off until the user
// enables them; a browser also asks for permission.

import type { ShellClient } from '../client/clients.ts';

const storageKey = 'normscope-notices';

export class Notices {
  #isOn = $state(localStorage.getItem(storageKey) === 'on');

  get isOn(): boolean {
    return this.#isOn;
  }

  /** In a browser, asks for permission; false when it is refused or not available. */
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

  /** Shows a notification unless they are off or the window has the focus. */
  async show(shell: ShellClient | null, title: string, text: string): Promise<void> {
    if (!this.#isOn || document.hasFocus()) return;
    if (shell) {
      await shell.call('notice.show', { title, text });
    } else if ('Notification' in window && Notification.permission === 'granted') {
      const notice = new Notification(title, { body: text });
      notice.onclick = () => window.focus();
    }
  }
}
