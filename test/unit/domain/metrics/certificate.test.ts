import { describe, expect, it } from 'vitest';
import { falseAlarmCertificate } from '#domain/metrics/certificate.ts';
import { purpose, RandomStream } from '#domain/random.ts';

describe('falseAlarmCertificate', () => {
  it('bounds the true rate with 95 % confidence', () => {
    // Uniform scores: the true rate of the threshold 0.9 is 0.1.
    const random = new RandomStream(2, purpose.sample);
    let [within, below] = [0, 0];
    const trials = 3000;
    for (let trial = 0; trial < trials; trial++) {
      const normals = Array.from({ length: 80 }, () => random.uniform());
      const { atMost95, between95 } = falseAlarmCertificate(normals, 0.9);
      if (0.1 <= atMost95) below++;
      if (0.1 >= between95[0] && 0.1 <= between95[1]) within++;
    }
    expect(below / trials).toBeGreaterThan(0.95 - 0.012);
    expect(within / trials).toBeGreaterThan(0.95 - 0.012);
  });

  it('knows the ends', () => {
    expect(falseAlarmCertificate([1, 2, 3], 3)).toMatchObject({
      ...{ heldOut: 3, above: 0, between95: [0, expect.closeTo(1 - 0.025 ** (1 / 3), 12)] },
      atMost95: expect.closeTo(1 - 0.05 ** (1 / 3), 12) as number,
    });
    expect(falseAlarmCertificate([1, 2, 3], 0)).toMatchObject({ above: 3, atMost95: 1 });
    expect(() => falseAlarmCertificate([], 0)).toThrow(RangeError);
  });
});
