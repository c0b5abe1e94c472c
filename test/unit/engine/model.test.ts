// The models that the writer makes, before the official ONNX checker (Debian's python3-onnx).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { lowerPlain } from '#engine/lower/plain/lower.ts';
import { smallNet } from '../../parity/engine/small-net.ts';

const checker = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
print('checked', len(sys.argv) - 1)
`;
const python = '/usr/bin/python3';
const present = spawnSync(python, ['-c', 'import onnx']).status === 0;

function programs(): Program[] {
  return [false, true].flatMap((pool) =>
    (['sgd', 'lars'] as const).map((name) => {
      const builder = new ProgramBuilder('train');
      const loss = smallNet(builder, { width: 4, size: 16, batch: 8, pool });
      return builder.training(
        loss,
        { loss },
        { name, momentum: 0.9, weightDecay: 1e-4, trust: 0.01 },
      );
    }),
  );
}

describe('ONNX models', () => {
  if (!present && process.env['CI'] === undefined) {
    console.warn('python3-onnx is not installed: the official ONNX checker was NOT run.');
  }
  it.runIf(present || process.env['CI'] !== undefined)(
    'pass the official checker with full shape inference',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'normscope-onnx-'));
      try {
        const paths = programs().map((program, index) => {
          const path = join(folder, `${index}.onnx`);
          writeFileSync(path, lowerPlain(program).model);
          return path;
        });
        const checked = spawnSync(python, ['-c', checker, ...paths], { encoding: 'utf8' });
        expect(checked.stderr).toBe('');
        expect(checked.stdout.trim()).toBe(`checked ${paths.length}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('are the same bytes for the same program', () => {
    expect(programs().map((program) => lowerPlain(program).model)).toEqual(
      programs().map((program) => lowerPlain(program).model),
    );
  });
});

describe('the builder refuses shapes that do not fit and names the operation', () => {
  const b = new ProgramBuilder('train');
  const image = b.input('image', [2, 3, 8, 8]);
  const rows = b.input('rows', [5, 4]);
  const vector = b.input('vector', [4]);
  for (const [name, build] of [
    ['conv2d', () => b.conv2d(image, b.parameter('w', [4, 2, 3, 3]), 1, 1)],
    ['conv2d', () => b.conv2d(image, b.parameter('large', [4, 3, 9, 9]), 1, 0)],
    ['linear', () => b.linear(rows, b.parameter('l', [3, 5]))],
    ['ntXent', () => b.ntXent(rows, 0.5)],
    ['rows 3 to 9', () => b.rows(rows, 3, 9)],
    ['weightedMean', () => b.weightedMean(vector, b.input('five', [5]))],
    ['add', () => b.add(vector, rows)],
    ['maxPool', () => b.maxPool(rows)],
    [
      'training',
      () => b.training(vector, {}, { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 }),
    ],
  ] as const) {
    it(`${name} of wrong operands`, () => {
      expect(build).toThrow(`${name} cannot take [`);
    });
  }

  it('two tensors of one name', () => {
    expect(() => b.parameter('w', [1])).toThrow('two tensors named w');
  });
});
