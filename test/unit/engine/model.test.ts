// The models that the writer makes, before the official ONNX checker (Debian's python3-onnx).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { lowerPlain } from '#engine/lower/plain/lower.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import { gan } from '../../parity/engine/support/gan.ts';
import { everyPrimitive } from '../../parity/engine/support/primitive-cases.ts';
import { optimiserNames, optimiserOf } from '../../parity/engine/support/support.ts';

const checker = `
import sys, onnx
used = set()
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    used.update(node.op_type for node in model.graph.node)
print(len(sys.argv) - 1, *sorted(used))
`;
/** Operators that onnxruntime's WebGPU provider was seen to run without falling back to the CPU. */
const webgpuOperators =
  'Add BatchNormalization Cast Concat Conv Div Equal Exp Expand Gather Gemm GlobalAveragePool ' +
  'Greater HardSigmoid Identity LeakyRelu Log MatMul Max MaxPool Mul Neg Pad Reciprocal ReduceL2 ReduceMax ' +
  'ReduceMean ReduceSum ReduceSumSquare Relu Reshape Sigmoid Slice Sqrt Sub Tanh Transpose Where';

const python = '/usr/bin/python3';
const present = spawnSync(python, ['-c', 'import onnx']).status === 0;

function scoringModel(): Uint8Array {
  const builder = new ProgramBuilder('score');
  const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool: true });
  const program = builder.scoring({ loss });
  return lowerPlain(program, seededTensors(program, 1).state).model;
}

function programs(): Program[] {
  return [false, true].flatMap((pool) =>
    optimiserNames.map((name) => {
      const builder = new ProgramBuilder('train');
      const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool });
      return builder.training(loss, { loss }, optimiserOf(name));
    }),
  );
}

describe('ONNX models', () => {
  if (!present && process.env['CI'] === undefined) {
    console.warn('python3-onnx is not installed: the official ONNX checker was NOT run.');
  }
  it.runIf(present || process.env['CI'] !== undefined)(
    'pass the official checker with full shape inference and use only operators that WebGPU has',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'normscope-onnx-'));
      try {
        const models = [...programs(), everyPrimitive(), gan()].map(
          (program) => lowerPlain(program).model,
        );
        const paths = [...models, scoringModel()].map((model, index) => {
          const path = join(folder, `${index}.onnx`);
          writeFileSync(path, model);
          return path;
        });
        const checked = spawnSync(python, ['-c', checker, ...paths], { encoding: 'utf8' });
        expect(checked.stderr).toBe('');
        const [count, ...operators] = checked.stdout.trim().split(' ');
        expect(count).toBe(String(paths.length));
        const known = new Set(webgpuOperators.split(' '));
        expect(operators.filter((operator) => !known.has(operator))).toEqual([]);
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
    ['add', () => b.add(image, rows)],
    ['conv2d with stride 3', () => b.conv2d(image, b.parameter('s', [4, 3, 3, 3]), 3, 1)],
    ['maxPool', () => b.maxPool(rows)],
    ['mul', () => b.mul(vector, b.constant([1, 2], [2]))],
    ['matMul', () => b.matMul(rows, rows)],
    ['matMul', () => b.matMul(vector, rows)],
    ['sum along axis 2', () => b.sum(rows, [2])],
    ['mean over axes [0, -2]', () => b.mean(rows, [0, -2])],
    ['softmax along axis -3', () => b.softmax(rows, -3)],
    ['reshape to [3, 7]', () => b.reshape(rows, [3, 7])],
    ['transpose by [0, 0]', () => b.transpose(rows, [0, 0])],
    ['expand to [5]', () => b.expand(rows, [5])],
    ['concat along axis 0', () => b.concat([rows, image], 0)],
    ['slice 1 to 9 along axis 1', () => b.slice(rows, 1, 1, 9)],
    ['pad by -1 and 0', () => b.pad(rows, 0, -1, 0)],
    ['upsample by 1.5', () => b.upsample(image, 1.5)],
    ['groupNorm of 2 groups', () => b.groupNorm(image, 2, vector, vector)],
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
    expect(() => b.parameter('rows', [1])).toThrow('two tensors named rows');
    expect(() => b.input('w', [1])).toThrow('two tensors named w');
  });

  it('running statistics that two batch normalisations would write', () => {
    const [gamma, beta] = ['gamma', 'beta'].map((name) => b.parameter(name, [3]));
    const [mean, variance] = ['mean', 'variance'].map((name) => b.statistic(name, [3]));
    const tensors = { gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
    b.batchNorm(image, tensors, true);
    expect(() => b.batchNorm(image, tensors, true)).toThrow('running statistics of its own');
  });

  it('a parameter that the loss does not depend on, by its name', () => {
    const builder = new ProgramBuilder('train');
    builder.parameter('idle', [3]);
    const v = builder.parameter('v', [3]);
    const loss = builder.weightedMean(v, builder.input('weights', [3]));
    const optimiser = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;
    expect(() => builder.training(loss, { loss }, optimiser)).toThrow('parameter idle');
  });

  it('training and scoring in the wrong mode', () => {
    expect(() => new ProgramBuilder('train').scoring({})).toThrow("mode 'score'");
    const builder = new ProgramBuilder('score');
    const v = builder.parameter('v', [3]);
    const loss = builder.weightedMean(v, builder.input('weights', [3]));
    const optimiser = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;
    expect(() => builder.training(loss, { loss }, optimiser)).toThrow("mode 'train'");
  });
});
