// Texts shared by several messages for the user.

/** "1 image", "12 images". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
