// Opens a native modal dialog, which keeps the focus inside and closes on Escape.

/**
 * Opens the dialog until it is removed. A press and release outside closes it. When it is closed or
 * removed, the focus returns to the element that had it before.
 */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  // The content fills the dialog, so the dialog itself is hit outside only. Both press and release
  // must be outside: a text selection may end there.
  let isPressedBeside = false;
  dialog.addEventListener('pointerdown', ({ target }) => (isPressedBeside = target === dialog));
  dialog.addEventListener('click', ({ target }) => {
    if (isPressedBeside && target === dialog) dialog.close();
  });
  return () => {
    // Browsers restore the focus only when the dialog is closed, not when it is removed.
    const isLost = document.activeElement === document.body;
    if (isLost && before instanceof HTMLElement) before.focus();
  };
}
