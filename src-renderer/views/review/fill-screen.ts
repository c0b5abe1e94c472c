// Full screen for the page, where it may; the picture fills the page in any case.

/** `onleft`: Escape has ended it. Returns a function that ends it. */
export function fillScreen(onleft: () => void): () => void {
  const root = document.documentElement;
  const keydown = ({ key }: KeyboardEvent) => {
    // Of real full screen the browser takes the key itself.
    if (key === 'Escape' && document.querySelector('dialog[open]') === null) onleft();
  };
  const changed = () => {
    if (document.fullscreenElement === null) onleft();
  };
  root.requestFullscreen().catch(() => undefined);
  document.addEventListener('fullscreenchange', changed);
  window.addEventListener('keydown', keydown);
  return () => {
    document.removeEventListener('fullscreenchange', changed);
    window.removeEventListener('keydown', keydown);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  };
}
