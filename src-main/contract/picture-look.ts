// The address of a picture: `image/HASH?low=…&high=…&channel=…` or `image/HASH?auto`, which a page writes and a
// host parses. Any other form is refused.

type PictureChannel = 'all' | '0' | '1' | '2';

/** Values up to `low` are black, from `high` white; one channel is shown in grey. */
export interface PictureLook {
  readonly low: number;
  readonly high: number;
  readonly channel: PictureChannel;
}

/** "auto": nearly all values of the image between black and white. */
export type ShownLook = PictureLook | 'auto';

const largestValue = 65_535;

/** The query of the picture's address. */
export function lookQuery(look: ShownLook): string {
  if (look === 'auto') return '?auto';
  const { low, high, channel } = look;
  return `?low=${low}&high=${high}&channel=${channel}`;
}

/** undefined when the query has another form, or would show nothing. */
export function parseLook(query: string): ShownLook | undefined {
  if (query === '?auto') return 'auto';
  const [, low, high, channel] =
    /^\?low=(0|[1-9]\d{0,4})&high=([1-9]\d{0,4})&channel=(all|0|1|2)$/.exec(query) ?? [];
  if (low === undefined) return undefined;
  const look = { low: Number(low), high: Number(high), channel: channel as PictureChannel };
  return look.low < look.high && look.high <= largestValue ? look : undefined;
}
