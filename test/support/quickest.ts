// Promised times, measured where other programs take the processor now and then.

/** The shortest of three tries, milliseconds. What is slow by itself is slow in each of them. */
export async function quickest(attempt: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 3; count++) times.push(await attempt());
  return Math.min(...times);
}
