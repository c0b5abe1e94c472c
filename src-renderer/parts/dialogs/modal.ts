// A dialog over the page: the browser's own, which keeps the keyboard inside and closes on Escape.

/**
 * Opens the dialog, for as long as it is there. A press and a click beside it close it. Whether it is
 * closed or simply taken away, the focus goes back to where it was.
 */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  // Beside it: what is in it fills it. Who selects a text in it may let go of the mouse beside it.
  let isPressedBeside = false;
  dialog.addEventListener('pointerdown', ({ target }) => (isPressedBeside = target === dialog));
  dialog.addEventListener('click', ({ target }) => {
    if (isPressedBeside && target === dialog) dialog.close();
  });
  return () => {
    // Browsers give the focus back on closing alone.
    const isLost = document.activeElement === document.body;
    if (isLost && before instanceof HTMLElement) before.focus();
  };
}
