// Which device onnxruntime's WebGPU computes on, and what it can hold. Its interface gives neither,
// so both are read from what it and the driver print in a process of their own.

import { fileURLToPath } from 'node:url';
import { Failure } from '#domain/failure.ts';
import { callApart } from '#processes/call-apart.ts';
import { exitInWords } from '#processes/child.ts';

export interface GpuDevice {
  /** For people: "NVIDIA H100 through Vulkan". */
  readonly name: string;
  /** MiB of the largest tensor tried that it can hold; 1024 is the largest tried. */
  readonly largestTensor: number | null;
}

export interface GpuDeviceMethods {
  probe: {
    input: Record<string, never>;
    output: {
      /** What onnxruntime said, or null where it worked. */
      readonly fault: string | null;
      readonly largestTensor: number | null;
    };
  };
}

const entry = fileURLToPath(new URL('./gpu-device-process.ts', import.meta.url));

/** After this time a driver that does not answer counts as failed, milliseconds. */
const patienceMs = 60_000;

/** Characters of what driver and onnxruntime print that are read; some 100,000 have been seen. */
const longestOutput = 2 ** 22;

let found: Promise<GpuDevice> | undefined;

/** Once a process. Throws `engine-unavailable` where there is no device, in words. */
export function gpuDevice(): Promise<GpuDevice> {
  found ??= findGpuDevice();
  return found;
}

async function findGpuDevice(): Promise<GpuDevice> {
  const {
    output: answer,
    exit,
    isTooLate,
  } = await callApart<GpuDeviceMethods, object, 'probe'>(
    {
      entry,
      // On Linux the loader of drivers names the one that it hands out.
      env: { ...process.env, VK_LOADER_DEBUG: 'layer,driver' },
      ...{ keepsOutput: true, tailLength: longestOutput },
    },
    'probe',
    {},
    { patienceMs },
  );
  if (!answer) {
    const how = isTooLate
      ? `did not answer within ${patienceMs / 1000} s`
      : `broke down (${exitInWords(exit)})`;
    throw unavailable(`The driver of the graphics card ${how}.`);
  }
  if (answer.fault !== null) {
    throw unavailable(
      /adapter/i.test(answer.fault)
        ? 'No graphics card with a working driver was found.'
        : `The graphics card cannot be used: ${answer.fault.split('\n')[0]}`,
    );
  }
  return { name: nameFrom(exit.errorOutput), largestTensor: answer.largestTensor };
}

function unavailable(why: string): Failure {
  return new Failure('engine-unavailable', why);
}

/** The loader's own words, else the graphics card in onnxruntime's list of hardware. */
export function nameFrom(printed: string): string {
  const vulkan = /Using "([^"]+)" with driver/.exec(printed);
  if (vulkan) return `${vulkan[1]} through Vulkan`;
  const cards = [...printed.matchAll(/OrtHardwareDevice \{([^}]*\btype:1\b[^}]*)\}/g)].map(
    ([, fields]) => {
      const description = /Description=([^,\]]+)/.exec(fields!)?.[1];
      const vendor = /vendor:([^,]*)/.exec(fields!)?.[1];
      const id = /device_id:([^,]*)/.exec(fields!)?.[1];
      return description ?? `${vendor || 'unknown'} graphics card ${id ?? ''}`.trim();
    },
  );
  const system = { darwin: 'Metal', win32: 'Direct3D 12' }[process.platform as string] ?? 'WebGPU';
  return `${cards[0] ?? 'graphics card'} through ${system}`;
}
