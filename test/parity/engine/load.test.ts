// Model files in onnxruntime: the same numbers as the program they were written from, and a failure that
// names file and reason for everything that is no such file.

import * as tf from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { tensorflowEngine } from '#engine/tensorflow/session.ts';
import { conv4File, lite0Path, oddModel, type ModelParts } from './support/model-files.ts';

const engine = cpuEngine(1);
const path = '/models/one.onnx';
const load = (bytes: Uint8Array, inputs = ['x'], outputs = ['y']) =>
  engine.load({ path, bytes, inputs, outputs });
const badInput = (message: string | RegExp) => ({
  code: 'bad-input',
  path,
  message: expect.stringMatching(message) as string,
});

describe('a model file', () => {
  it('gives what the program gives that it was written from', async () => {
    const { program, state, inputs, bytes } = conv4File(3);
    const session = await engine.compile(program);
    await session.writeState(state);
    const expected = await session.run(inputs);
    const model = await load(bytes, ['images'], ['h', 'z', 'stage2']);
    const images = { shape: [3, 3, 16, 16], values: inputs['images']! };
    for (let time = 0; time < 2; time++) {
      const outputs = await model.run({ images });
      expect(outputs['h']!.shape).toEqual([3, 32]);
      expect(outputs['stage2']!.shape).toEqual([3, 8, 4, 4]);
      for (const name of ['h', 'z', 'stage2']) {
        outputs[name]!.values.forEach((value, i) => {
          expect(Math.abs(value - expected[name]![i]!)).toBeLessThan(1e-5);
        });
      }
    }
    await model.release();
    await session.release();
  });

  it('is told about inputs that do not fit it, and works afterwards', async () => {
    const { inputs, bytes } = conv4File(1);
    const model = await load(bytes, ['images'], ['h']);
    const wrong = { shape: [1, 3, 8, 8], values: new Float32Array(192) };
    await expect(model.run({ images: wrong })).rejects.toMatchObject(
      badInput(/cannot be run with images \[1, 3, 8, 8\]: .*16/),
    );
    const right = { shape: [1, 3, 16, 16], values: inputs['images']! };
    expect((await model.run({ images: right }))['h']!.shape).toEqual([1, 32]);
    await model.release();
  });

  it('may be EfficientNet-Lite0 with any number of images', async () => {
    const outputs = ['s24', 's40', 's80', 's112', 's192'];
    const bytes = await readFile(lite0Path);
    const model = await engine.load({ path: lite0Path, bytes, inputs: ['x'], outputs });
    const stream = new RandomStream(1, purpose.sample);
    const values = Float32Array.from({ length: 2 * 3 * 112 ** 2 }, () => stream.between(-1, 1));
    const both = await model.run({ x: { shape: [2, 3, 112, 112], values } });
    const second = values.subarray(3 * 112 ** 2);
    const one = await model.run({ x: { shape: [1, 3, 112, 112], values: second } });
    for (const name of outputs) {
      const channels = Number(name.slice(1));
      expect(both[name]!.shape).toEqual([2, 2 * channels]);
      one[name]!.values.forEach((value, i) => {
        expect(value).toBeCloseTo(both[name]!.values[2 * channels + i]!, 4);
      });
      expect(one[name]!.values.every((value) => Number.isFinite(value))).toBe(true);
    }
    await model.release();
  });
});

describe('what is no such file is refused with the reason:', () => {
  const noModel = 'The model /models/one.onnx is no ONNX model, or is cut short.';
  const whole = conv4File(1).bytes;
  it.each([
    ['nothing', new Uint8Array(0), 'The model /models/one.onnx is empty.'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), noModel],
    ['text', new TextEncoder().encode('<html>Not found</html>'), noModel],
    ['half of a model', whole.subarray(0, whole.length / 2), noModel],
    ['a model without its last byte', whole.subarray(0, -1), noModel],
  ])('%s', async (_, bytes, message) => {
    await expect(load(bytes)).rejects.toMatchObject({ code: 'bad-input', path, message });
  });

  it.each<[string, ModelParts, RegExp]>([
    ['an unknown operator', { operator: 'Sorcery' }, /the operator Sorcery \(operator set 17\)/],
    [
      'a newer operator set',
      { opset: 99 },
      /newer operator set than onnxruntime knows, which is \d+/,
    ],
    [
      'weights beside it',
      { location: 'weights.bin' },
      /weights in other files .*save_as_external_data/,
    ],
    ['weights anywhere', { location: '../../../etc/passwd' }, /weights in other files/],
    ['a weight of 4 exabytes', { dimensions: [2 ** 40, 2 ** 20] }, /cannot be loaded: .*bytes/],
    ['a weight of negative size', { dimensions: [-4] }, /cannot be loaded: /],
    ['a weight shorter than its shape', { dimensions: [1000] }, /cannot be loaded: /],
  ])('%s', async (_, parts, message) => {
    await expect(load(oddModel(parts))).rejects.toMatchObject(badInput(message));
  });

  it('names of inputs and outputs that it does not have', async () => {
    await expect(load(whole, ['pixels'], ['h'])).rejects.toMatchObject(
      badInput(/has no input "pixels"; its inputs are: images\.$/),
    );
    await expect(load(whole, ['images'], ['logits'])).rejects.toMatchObject(
      badInput(/has no output "logits"; its outputs are: h, z, stage2\.$/),
    );
    await expect(load(whole, [], ['h'])).rejects.toMatchObject(
      badInput(/needs another input, "images"/),
    );
  });

  it('subgraphs inside each other without end', async () => {
    let bytes: Uint8Array = oddModel({});
    const wrap = (field: number, inner: Uint8Array) => {
      const length: number[] = [];
      for (let rest = inner.length; ; rest = Math.floor(rest / 128)) {
        length.push((rest % 128) + (rest >= 128 ? 128 : 0));
        if (rest < 128) break;
      }
      return Uint8Array.of(field * 8 + 2, ...length, ...inner);
    };
    let graph: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 400; depth++) graph = wrap(1, wrap(5, wrap(6, graph)));
    bytes = Uint8Array.of(8, 8, ...wrap(7, graph));
    await expect(load(bytes)).rejects.toMatchObject({ code: 'bad-input', message: noModel });
  });

  it('bytes changed at random give a model or a failure, and nothing worse', async () => {
    const stream = new RandomStream(9, purpose.sample);
    let refused = 0;
    for (let time = 0; time < 150; time++) {
      const bytes = whole.slice();
      // Most of the file is weights: the graph stands before them and after them.
      const from = time % 2 === 0 ? 0 : bytes.length - 800;
      for (let change = 0; change < 3; change++) {
        bytes[from + stream.integer(800)] = stream.integer(256);
      }
      try {
        const model = await load(bytes, ['images'], ['h']);
        const values = new Float32Array(3 * 16 * 16);
        await model.run({ images: { shape: [1, 3, 16, 16], values } }).catch((error: unknown) => {
          expect(error).toMatchObject({
            code: expect.stringMatching(/bad-input|out-of-memory/) as string,
          });
        });
        await model.release();
      } catch (error) {
        refused++;
        expect(error).toMatchObject({
          code: expect.stringMatching(/bad-input|out-of-memory/) as string,
        });
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});

it('the tensorflow engine says that it cannot load files', async () => {
  await tf.setBackend('cpu');
  const file = { path, bytes: conv4File(1).bytes, inputs: ['images'], outputs: ['h'] };
  await expect(tensorflowEngine(tf).load(file)).rejects.toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringMatching(/cannot load ONNX files.*cpu engine/) as string,
  });
});
