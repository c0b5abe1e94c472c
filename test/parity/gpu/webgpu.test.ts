// WebGPU on a software driver: placement, state that stays on the device, agreement with the CPU.

import * as ort from 'onnxruntime-node';
import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import type { Engine, ModelFile, ShapedTensor, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import { weightGradientWays } from '#engine/lower/plain/convolution.ts';
import { OnnxGraph } from '#engine/onnx/graph.ts';
import { gpuDevice, nameFrom } from '#engine/onnxruntime/gpu-device.ts';
import { gpuFailure } from '#engine/onnxruntime/gpu-failure.ts';
import { openGpuEngine } from '#engine/onnxruntime/gpu-engines.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { providerOptions } from '#engine/onnxruntime/session-options.ts';
import { WeightGradientTiming } from '#engine/onnxruntime/weight-gradient-timing.ts';
import { selfTestFault } from '#engine/self-test.ts';
import { sizes } from '../../support/sizes.ts';
import { hasSoftwareGpu, useSoftwareGpu } from '../../support/software-gpu.ts';
import { gan, ganImages, ganStep } from '../engine/support/gan.ts';
import { conv4File, lite0Path } from '../engine/support/model-files.ts';
import { everyPrimitive } from '../engine/support/primitive-cases.ts';
import { expectEqualWithin } from '../engine/support/support.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'normscope-gpu-'));
const sgd = { name: 'sgd', momentum: 0.9, weightDecay: 5e-4, trust: 0 } as const;

function trainingProgram(size: number): Program {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width: 4, size, batch: 8, pool: size % 16 === 0 });
  return builder.training(loss, { loss }, sgd);
}

/** Outputs of every step and the state after the last. */
async function run(engine: Engine, program: Program, steps: number) {
  const { state, inputs } = seededTensors(program, 13);
  const session = await engine.compile(program);
  await session.writeState(state);
  const outputs: Tensors[] = [];
  for (let step = 0; step < steps; step++) {
    const ran = await session.run(inputs);
    outputs.push(Object.fromEntries(Object.entries(ran).map(([k, v]) => [k, v.slice()])));
  }
  const after = await session.readState();
  await session.release();
  return { outputs, after };
}

/** The outputs of a model file. */
async function valuesOf(
  engine: Engine,
  file: ModelFile,
  inputs: Readonly<Record<string, ShapedTensor>>,
): Promise<Tensors> {
  const model = await engine.load(file);
  const outputs = await model.run(inputs);
  await model.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { values }]) => [name, values]));
}

describe.runIf(hasSoftwareGpu)('WebGPU', () => {
  let webgpu: Engine;

  beforeAll(async () => {
    useSoftwareGpu();
    webgpu = await openGpuEngine('webgpu', { cacheFolder, weightGradientWay: 'products' });
  });

  it('runs every primitive and Adam, two losses in one step, as the CPU does', async () => {
    for (const program of [everyPrimitive(), gan({ channels: 4, batch: 4 })]) {
      const [ours, cpu] = [await run(webgpu, program, 2), await run(cpuEngine(1), program, 2)];
      expectEqualWithin(ours.outputs[1]!, cpu.outputs[1]!, 1e-3);
      expectEqualWithin(ours.after, cpu.after, 1e-3);
    }
  });

  it('shares the state of a training with another and with scoring, on the device', async () => {
    const options = { channels: 4, batch: 4 };
    const programs = [ganStep('discriminator', options), ganStep('generator', options)] as const;
    const images = ganImages(options);
    const inTurn = async (engine: Engine): Promise<Tensors> => {
      const judge = await engine.compile(programs[0]);
      const make = await engine.compile(programs[1], { shareStateWith: judge });
      const score = await engine.compile(images, { shareStateWith: judge });
      const tensors = programs.map((program) => seededTensors(program, 9));
      await judge.writeState(tensors[0]!.state);
      await make.writeState(tensors[1]!.state);
      const inputs = { ...tensors[0]!.inputs, ...tensors[1]!.inputs };
      for (let turn = 0; turn < 2; turn++) {
        await judge.run(inputs);
        await make.run(inputs);
      }
      const after = { ...(await judge.readState()), ...(await make.readState()) };
      await judge.release();
      const { fake } = await score.run(inputs);
      const copied = { ...after, fake: fake!.slice() };
      await make.release();
      await score.release();
      return copied;
    };
    expectEqualWithin(await inTurn(webgpu), await inTurn(cpuEngine(1)), 1e-3);
  });

  it('names its device and what it can hold', async () => {
    const { name, largestTensor } = await gpuDevice();
    expect(name).toMatch(/SwiftShader.* through Vulkan/);
    expect(largestTensor).toBeGreaterThanOrEqual(128);
    expect(webgpu.device).toMatch(/SwiftShader.*tensors of at least \d+ MiB/);
  });

  it('refuses a program of which any node would run on the CPU', async () => {
    const graph = new OnnxGraph();
    graph.node('Sign', ['x'], {}, 'y'); // which WebGPU lacks
    const port = { shape: [1] };
    const model = graph.finish([{ name: 'x', ...port }], [{ name: 'y', ...port }]);
    await expect(
      ort.InferenceSession.create(model, providerOptions('webgpu', 'disabled')),
    ).rejects.toThrow(/assigned to the default CPU EP/);
  });

  it('passes the self-test', async () => {
    expect(await selfTestFault(webgpu)).toBeNull();
  });

  // 12: the last stage convolves 3×3 images with 3×3 kernels, which WebGPU takes for a product.
  const all = [16, 12].flatMap((size) => weightGradientWays.map((way) => [size, way] as const));
  const fewer = [[16, 'products'] as const, [12, 'convolution'] as const];
  it.each(sizes.allGpuWays ? all : fewer)(
    'trains as the CPU does on %d px, weight gradients as %s, no node on the CPU',
    async (size, way) => {
      const program = trainingProgram(size);
      const engine = await openGpuEngine('webgpu', { cacheFolder, weightGradientWay: way });
      const ours = await run(engine, program, 2);
      const theirs = await run(cpuEngine(1, { lowering: 'plain' }), program, 2);
      ours.outputs.forEach((outputs, step) =>
        expectEqualWithin(outputs, theirs.outputs[step]!, 1e-3),
      );
      expectEqualWithin(ours.after, theirs.after, 1e-3);
    },
  );

  it('scores as the CPU does', async () => {
    const builder = new ProgramBuilder('score');
    const { features } = smallNet(builder, { width: 4, size: 12, batch: 8, pool: false });
    const program = builder.scoring({ features });
    const [ours, theirs] = [await run(webgpu, program, 1), await run(cpuEngine(1), program, 1)];
    expectEqualWithin(ours.outputs[0]!, theirs.outputs[0]!, 1e-4);
  });

  it('runs a model file as the CPU does, and what it lacks on the CPU', async () => {
    const { bytes, inputs } = conv4File(2);
    const file = { path: 'conv4.onnx', bytes, inputs: ['images'], outputs: ['h', 'z'] };
    const images = { shape: [2, 3, 16, 16], values: inputs['images']! };
    const [onCard, onProcessor] = [
      await valuesOf(webgpu, file, { images }),
      await valuesOf(cpuEngine(1), file, { images }),
    ];
    expectEqualWithin(onCard, onProcessor, 1e-4);
    const graph = new OnnxGraph();
    graph.node('Det', ['x'], {}, 'y'); // which WebGPU lacks
    const det = graph.finish([{ name: 'x', shape: [1, 2, 2] }], [{ name: 'y', shape: [1] }]);
    const odd = { path: 'det.onnx', bytes: det, inputs: ['x'], outputs: ['y'] };
    const x = { shape: [1, 2, 2], values: Float32Array.of(3, 1, 2, 4) };
    expect((await valuesOf(webgpu, odd, { x }))['y']).toEqual(Float32Array.of(10));
  });

  it('runs EfficientNet-Lite0 as the CPU does', async () => {
    const bytes = await readFile(lite0Path);
    const file = { path: lite0Path, bytes, inputs: ['x'], outputs: ['s24', 's112', 's192'] };
    const stream = new RandomStream(1, 2, 3);
    const values = Float32Array.from({ length: 3 * 112 ** 2 }, () => stream.between(-1, 1));
    const x = { shape: [1, 3, 112, 112], values };
    const onCard = await valuesOf(webgpu, file, { x });
    expectEqualWithin(onCard, await valuesOf(cpuEngine(2), file, { x }), 1e-3);
  });

  it('keeps its state when written, read and trained on in turn', async () => {
    const program = trainingProgram(16);
    const { state, inputs } = seededTensors(program, 13);
    const session = await webgpu.compile(program);
    await session.writeState(state);
    expect(await session.readState()).toEqual(state);
    await session.run(inputs);
    const middle = await session.readState();
    const { loss } = await session.run(inputs);
    const expected = loss![0];
    await session.writeState(middle);
    expect((await session.run(inputs))['loss']![0]).toBe(expected);
    await expect(session.run({ ...inputs, images: new Float32Array(3) })).rejects.toThrow(
      /images has 3 values/,
    );
    await session.release();
  });

  it('says that memory ran out, keeps its state, and works on', async () => {
    const b = new ProgramBuilder('train');
    const images = b.input('images', [1024, 1, 256, 256]);
    const y = b.conv2d(images, b.parameter('w', [16, 1, 3, 3]), 1, 1);
    const loss = b.weightedMean(b.rowNorms(b.globalAveragePool(y)), b.input('weights', [1024]));
    const program = b.training(loss, { loss }, sgd);
    const session = await webgpu.compile(program);
    const { state } = seededTensors({ ...program, inputs: [] }, 1);
    await session.writeState(state);
    const inputs = {
      images: new Float32Array(1024 * 256 * 256),
      weights: new Float32Array(1024).fill(1),
      learningRate: Float32Array.of(0.1),
    };
    await expect(session.run(inputs)).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(await session.readState()).toEqual(state);
    await session.release();
    await run(webgpu, trainingProgram(16), 1);
  });

  it('times both ways of a weight gradient once a shape, and keeps what it found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'normscope-ways-'));
    const builder = new ProgramBuilder('train');
    const { loss } = smallNet(builder, { width: 16, size: 32, batch: 64, pool: false });
    const program = builder.training(loss, { loss }, sgd);
    const stream = new RandomStream(1, 2, 3);
    const timed: string[] = [];
    const timing = () =>
      new WeightGradientTiming(folder, 'device', (operation, way) => {
        timed.push(way);
        return Promise.resolve(
          way === 'convolution' && operation.attributes.stride === 2 ? 0 : 1 + stream.uniform(),
        );
      });
    const first = await timing().ways(program);
    expect(timed.length).toBeGreaterThan(2);
    expect(timed.length % weightGradientWays.length).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
    timed.length = 0;
    const second = await timing().ways(program);
    expect(timed).toEqual([]);
    const ways = program.operations.flatMap((operation) =>
      operation.kind === 'conv2dWeightGradient'
        ? [[first(operation), second(operation), operation.attributes.stride]]
        : [],
    );
    for (const [one, other] of ways) expect(one).toBe(other);
    expect(ways.some(([way]) => way === 'convolution')).toBe(true);
  });
});

describe('what is thrown on a graphics card', () => {
  it('is told apart: the device is gone, its memory is full, something else', () => {
    const code = (message: string) => gpuFailure(new Error(message), 'A card');
    expect(code('WebGPU validation failed. [Device] is lost.')).toMatchObject({
      code: 'device-lost',
    });
    expect(code('vkQueueSubmit failed with VK_ERROR_DEVICE_LOST')).toMatchObject({
      code: 'device-lost',
    });
    expect(code('[Invalid Buffer (unlabeled)] is invalid due to a previous error.')).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/^A card has not enough memory/) as string,
    });
    const other = new Error('Tensor x is missing');
    expect(gpuFailure(other, 'A card')).toBe(other);
  });

  it('names a device from what drivers and onnxruntime print', () => {
    expect(nameFrom('LAYER: Using "NVIDIA H100" with driver: "/x.so"')).toBe(
      'NVIDIA H100 through Vulkan',
    );
    expect(
      nameFrom(
        'Discovered OrtHardwareDevice {vendor_id:0x1022, device_id:0x0, vendor:AMD, type:0, metadata: []}\n' +
          'Discovered OrtHardwareDevice {vendor_id:0x10de, device_id:0x1, vendor:NVIDIA, type:1, ' +
          'metadata: [Description=NVIDIA RTX A2000, x=1]}',
      ),
    ).toMatch(/^NVIDIA RTX A2000 through /);
  });
});
