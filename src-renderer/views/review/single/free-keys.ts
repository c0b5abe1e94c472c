// After a click with the mouse the keys belong to the picture again: otherwise the space bar would press the button
// a second time.

export function freeKeys(place: HTMLElement): () => void {
  const free = ({ detail, target }: MouseEvent) => {
    // A key that presses a button is a click without a count.
    if (detail === 0 || !(target instanceof Element)) return;
    target.closest<HTMLElement>('button')?.blur();
  };
  place.addEventListener('click', free);
  return () => place.removeEventListener('click', free);
}
