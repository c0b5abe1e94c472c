// A process that asks onnxruntime's WebGPU for its device, for gpu-device.ts: what the driver and
// onnxruntime print on the way names it, and a driver that breaks down breaks nothing else.

import * as ort from 'onnxruntime-node';
import { endByBug, serveParent } from '#processes/serve-parent.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import type { GpuDeviceMethods } from './gpu-device.ts';
import { providerOptions } from './session-options.ts';

/** Runs `build`'s graph on one number; what it throws, in words, or null. */
async function faultOf(build: (graph: OnnxGraph) => void): Promise<string | null> {
  const graph = new OnnxGraph();
  build(graph);
  const model = graph.finish([{ name: 'x', shape: [1] }], [{ name: 'y', shape: [1] }]);
  try {
    const session = await ort.InferenceSession.create(model, providerOptions('webgpu', 'disabled'));
    await session.run({ x: new ort.Tensor('float32', Float32Array.of(1), [1]) });
    await session.release();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** In MiB, the largest of some sizes that the device can fill, or null. */
async function largestTensor(): Promise<number | null> {
  for (const size of [1024, 512, 256, 128]) {
    const fault = await faultOf((graph) => {
      const many = graph.node('Expand', ['x', graph.integers([size * 2 ** 18])]);
      graph.node('Slice', [many, graph.integers([0]), graph.integers([1])], {}, 'y');
    });
    if (fault === null) return size;
  }
  return null;
}

// Its list of hardware is at this level.
ort.env.logLevel = 'info';
serveParent({
  handlers: {
    probe: async (): Promise<GpuDeviceMethods['probe']['output']> => ({
      fault: await faultOf((graph) => graph.node('Relu', ['x'], {}, 'y')),
      largestTensor: await largestTensor(),
    }),
  },
  onBug: endByBug,
});
