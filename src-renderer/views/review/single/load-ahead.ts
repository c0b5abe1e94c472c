// Pictures that are fetched and decoded before they are shown.

/** Keeps them until the function that is returned is called. */
export function loadAhead(addresses: readonly string[]): () => void {
  const pictures = addresses.map((address) => {
    const picture = new Image();
    picture.src = address;
    // A failure is shown where the picture is.
    picture.decode().catch(() => undefined);
    return picture;
  });
  return () => {
    pictures.length = 0;
  };
}
