// Turns square images by quarters.

/** planes [channels, size, size], turned counter-clockwise by so many quarters, in place. */
export function turnPlanes(planes: Float32Array, size: number, quarters: number): void {
  for (let turn = 0; turn < quarters; turn++) {
    for (let start = 0; start < planes.length; start += size * size) {
      turnOnce(planes.subarray(start, start + size * size), size);
    }
  }
}

/** Four pixels change places at a time. */
function turnOnce(plane: Float32Array, size: number): void {
  for (let y = 0; y < size >> 1; y++) {
    for (let x = 0; x < (size + 1) >> 1; x++) {
      const a = y * size + x;
      const b = x * size + (size - 1 - y);
      const c = (size - 1 - y) * size + (size - 1 - x);
      const d = (size - 1 - x) * size + y;
      const first = plane[a]!;
      plane[a] = plane[b]!;
      plane[b] = plane[c]!;
      plane[c] = plane[d]!;
      plane[d] = first;
    }
  }
}
