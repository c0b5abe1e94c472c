// Figures of shifts from rows of features: chance where nothing differs, certain where something does, and a head
// that helps where shifts have a direction in common.

import { describe, expect, it } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import { shiftFigures } from '#ml/shifts/transfer.ts';

const lengths = [6, 10];
const width = 16;
const images = 60;

function rows(place: number, move: readonly number[] = []): Float32Array[] {
  return Array.from({ length: images }, (_, image) => {
    const stream = new RandomStream(place, purpose.sample, image);
    return Float32Array.from({ length: width }, (_, i) => stream.normal() + (move[i] ?? 0));
  });
}

const along = (index: number, by: number) =>
  Array.from({ length: width }, (_, i) => (i === index ? by : 0));

describe('figures of shifts', () => {
  it('are chance where the copies vary as the normals do, and certain far away', async () => {
    let pauses = 0;
    const [same, far] = await shiftFigures(
      {
        ...{ normals: rows(0), lengths, pictures: 1 },
        shifted: [rows(1), rows(2, along(3, 40))],
      },
      () => {
        pauses++;
        return Promise.resolve();
      },
    );
    expect(Math.abs(same!.plain - 0.5)).toBeLessThan(0.15);
    expect(same!.separability.auroc95[0]).toBeLessThan(0.5);
    expect(far!.plain).toBe(1);
    expect(far!.separability.auroc).toBe(1);
    expect(far!.transfer[1]).toBe(1);
    // One for each shift of each half, for the fit and for the figures.
    expect(pauses).toBe(8);
  });

  it('say that a shift in the same direction helps to see another, and one across does not', async () => {
    const [faint, alike, across] = await shiftFigures(
      {
        ...{ normals: rows(0), lengths, pictures: 1 },
        shifted: [rows(1, along(3, 1.5)), rows(2, along(3, 6)), rows(3, along(12, 6))],
      },
      () => Promise.resolve(),
    );
    expect(alike!.transfer[0]).toBeGreaterThan(faint!.plain + 0.05);
    expect(alike!.transfer[0]).toBeGreaterThan(across!.transfer[0]! + 0.05);
  });

  it('are the same for the same rows', async () => {
    const asked = { normals: rows(0), lengths, pictures: 1, shifted: [rows(1, along(2, 2))] };
    const figures = () => shiftFigures(asked, () => Promise.resolve());
    expect(await figures()).toEqual(await figures());
  });
});
