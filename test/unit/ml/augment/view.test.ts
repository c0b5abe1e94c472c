// Views: pure, in range, and with an effect of every setting.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewSettings } from '#domain/run-settings.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import { resizeCrop } from '#ml/augment/resize.ts';
import { drawView, plainView, toNetworkRange } from '#ml/augment/view.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { noisePixels } from '../pixel-sets.ts';

const none: ViewSettings = {
  ...{ cropMin: 1, cropMax: 1, flip: 0, verticalFlip: 0 },
  ...{ brightness: 0, contrast: 0, saturation: 0, hue: 0, jitter: 0, grey: 0 },
};
const all: ViewSettings = {
  ...{ cropMin: 0.3, cropMax: 1, flip: 0.5, verticalFlip: 0.5 },
  ...{ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, jitter: 0.8, grey: 0.2 },
};
const size = 16;

function view(
  set: PixelSet,
  settings: ViewSettings,
  key: readonly [seed: number, epoch: number, index: number, view: number],
): Float32Array {
  const [seed, epoch, index, word] = key;
  const out = new Float32Array(set.channels * size * size);
  const stream = new RandomStream(seed, purpose.view, epoch, index, word);
  drawView(set, index, settings, stream, size, out, 0);
  return out;
}

function plain(set: PixelSet, index: number): Float32Array {
  const out = new Float32Array(set.channels * size * size);
  plainView(set, index, size, out, 0);
  return out;
}

const colour = noisePixels({ count: 6, height: 24, width: 24, channels: 3 });
const grey = noisePixels({ count: 6, height: 24, width: 24, channels: 1 });

describe('a random view', () => {
  const keys = fc.tuple(fc.nat(1000), fc.nat(50), fc.nat(5), fc.nat(300));

  it('is a pure function of seed, epoch, image and view, independent of earlier draws', () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 6 }), (asked) => {
        const forwards = asked.map((key) => view(colour, all, key));
        const backwards = asked.toReversed().map((key) => view(colour, all, key));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
      { numRuns: 30 },
    );
  });

  it('differs when any of the four differs', () => {
    const first = view(colour, all, [1, 2, 3, 0]);
    for (const key of [
      [2, 2, 3, 0],
      [1, 3, 3, 0],
      [1, 2, 4, 0],
      [1, 2, 3, 1],
    ] as const) {
      expect(view(colour, all, key)).not.toEqual(first);
    }
  });

  it.each([
    ['colour', colour],
    ['grey', grey],
  ] as const)('of a %s image stays in 0 … 1 and does not touch its neighbours', (_, set) => {
    const length = set.channels * size * size;
    fc.assert(
      fc.property(keys, ([seed, epoch, index, word]) => {
        const out = new Float32Array(3 * length).fill(7);
        const stream = new RandomStream(seed, purpose.view, epoch, index, word);
        const settings = { ...all, brightness: 1, contrast: 1, saturation: 1, hue: 0.5, jitter: 1 };
        drawView(set, index, settings, stream, size, out, length);
        expect(out.subarray(length, 2 * length).every((v) => v >= 0 && v <= 1)).toBe(true);
        expect(out.subarray(0, length).every((v) => v === 7)).toBe(true);
        expect(out.subarray(2 * length).every((v) => v === 7)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('without any change is the plain view', () => {
    for (let index = 0; index < 6; index++) {
      expect(view(colour, none, [1, 0, index, 0])).toEqual(plain(colour, index));
      expect(view(grey, none, [1, 0, index, 0])).toEqual(plain(grey, index));
    }
  });

  const effects: readonly [string, Partial<ViewSettings>, 'both' | 'colour'][] = [
    ['cropMin', { cropMin: 0.3 }, 'both'],
    ['cropMax', { cropMin: 0.3, cropMax: 0.4 }, 'both'],
    ['flip', { flip: 1 }, 'both'],
    ['verticalFlip', { verticalFlip: 1 }, 'both'],
    ['brightness', { brightness: 0.4, jitter: 1 }, 'both'],
    ['contrast', { contrast: 0.4, jitter: 1 }, 'both'],
    ['saturation', { saturation: 0.4, jitter: 1 }, 'colour'],
    ['hue', { hue: 0.2, jitter: 1 }, 'colour'],
    ['grey', { grey: 1 }, 'colour'],
  ];
  it.each(effects)('is changed by %s', (_name, settings, where) => {
    const changed = (set: PixelSet): boolean =>
      String(view(set, { ...none, ...settings }, [1, 0, 2, 0])) !== String(plain(set, 2));
    expect(changed(colour)).toBe(true);
    // Colour means nothing to a single channel.
    expect(changed(grey)).toBe(where === 'both');
  });

  it('is changed by brightness, contrast, saturation and hue only as often as jitter says', () => {
    const ranges = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
    const changed = (jitter: number): number => {
      const settings = { ...none, ...ranges, jitter };
      const keys = Array.from({ length: 400 }, (_, epoch) => [1, epoch, 2, 0] as const);
      const untouched = String(plain(colour, 2));
      return keys.filter((key) => String(view(colour, settings, key)) !== untouched).length;
    };
    expect(changed(0)).toBe(0);
    expect(changed(1)).toBe(400);
    // Four standard deviations of a binomial draw.
    expect(Math.abs(changed(0.8) - 320)).toBeLessThan(4 * Math.sqrt(400 * 0.8 * 0.2));
  });

  it('with flip 1 is the mirror image, with verticalFlip 1 upside down', () => {
    const at = (image: Float32Array, x: number, y: number): number => image[y * size + x]!;
    const straight = plain(grey, 0);
    const mirrored = view(grey, { ...none, flip: 1 }, [1, 0, 0, 0]);
    const upended = view(grey, { ...none, verticalFlip: 1 }, [1, 0, 0, 0]);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        expect(at(mirrored, x, y)).toBe(at(straight, size - 1 - x, y));
        expect(at(upended, x, y)).toBe(at(straight, x, size - 1 - y));
      }
    }
  });

  it('draws factors from their ranges, over all of them', () => {
    const even = { ...grey, pixels: new Uint8Array(grey.pixels.length).fill(100) };
    const settings = { ...none, brightness: 0.4, jitter: 1 };
    const factors = Array.from(
      { length: 500 },
      (_, epoch) => view(even, settings, [1, epoch, 0, 0])[0]! / (100 / 255),
    );
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.6 - 1e-6);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.4 + 1e-6);
    expect(Math.min(...factors)).toBeLessThan(0.62);
    expect(Math.max(...factors)).toBeGreaterThan(1.38);
  });
});

describe('the crop of a random view', () => {
  /** Position is value, so that the corners of a view tell where it was cut out. */
  function ramp(width: number, height: number, along: 'x' | 'y'): PixelSet {
    const pixels = Uint16Array.from({ length: width * height }, (_, at) =>
      along === 'x' ? (at % width) * 100 : Math.floor(at / width) * 100,
    );
    const window = [[0, 65535]] as const;
    return { count: 1, height, width, channels: 1, window, pixels };
  }

  const square = [ramp(64, 64, 'x'), ramp(64, 64, 'y')] as const;
  const wide = [ramp(96, 24, 'x'), ramp(96, 24, 'y')] as const;

  /** Sides in pixels, from the slopes of the ramps in the middle of the view. */
  function sides(ramps: readonly PixelSet[], settings: ViewSettings, epoch: number) {
    const [across, down] = (['x', 'y'] as const).map((along, index) => {
      const image = view(ramps[index]!, settings, [1, epoch, 0, 0]);
      const step = along === 'x' ? 1 : size;
      const [from, to] = [image[4 * size + 4]!, image[4 * size + 4 + 8 * step]!];
      return (((to - from) * 65535) / 100 / 8) * size;
    });
    return { across: across!, down: down! };
  }

  it('shows between cropMin and cropMax of the area, 3:4 to 4:3, over all of both ranges', () => {
    const settings = { ...none, cropMin: 0.2, cropMax: 0.5 };
    const crops = Array.from({ length: 400 }, (_, epoch) => sides(square, settings, epoch));
    const areas = crops.map(({ across, down }) => (across * down) / 64 ** 2);
    const ratios = crops.map(({ across, down }) => across / down);
    // Whole pixels: half a pixel on each side of some 30.
    expect(Math.min(...areas)).toBeGreaterThan(0.19);
    expect(Math.min(...areas)).toBeLessThan(0.215);
    expect(Math.max(...areas)).toBeLessThan(0.515);
    expect(Math.max(...areas)).toBeGreaterThan(0.485);
    expect(Math.min(...ratios)).toBeGreaterThan(0.72);
    expect(Math.min(...ratios)).toBeLessThan(0.78);
    expect(Math.max(...ratios)).toBeLessThan(1.38);
    expect(Math.max(...ratios)).toBeGreaterThan(1.28);
  });

  it('where none of that fits is the middle of the picture at 4:3', () => {
    const { across, down } = sides(wide, { ...none, cropMin: 1 }, 0);
    expect(across).toBeCloseTo(32, 3);
    expect(down).toBeCloseTo(24, 3);
    const out = new Float32Array(size * size);
    const crop = { left: 32, top: 0, width: 32, height: 24 };
    const mirror = { horizontal: false, vertical: false };
    resizeCrop(wide[0], 0, crop, mirror, size, out, 0);
    expect(view(wide[0], { ...none, cropMin: 1 }, [1, 0, 0, 0])).toEqual(out);
  });
});

it('the range of the network is −1 … 1', () => {
  const batch = Float32Array.of(0, 0.25, 0.5, 1);
  toNetworkRange(batch);
  expect([...batch]).toEqual([-1, -0.5, 0, 1]);
});
