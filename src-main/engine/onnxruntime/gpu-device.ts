// Which device onnxruntime's WebGPU computes on, and what it can hold. Neither is told by its interface,
// so both are read from what it and the driver print in a process of their own.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '#domain/failure.ts';

export interface GpuDevice {
  /** For people: "NVIDIA H100 through Vulkan". */
  readonly name: string;
  /** MiB of the largest tensor tried that it can hold; 1024 is the largest tried. */
  readonly largestTensor: number | null;
}

interface Answer {
  /** What onnxruntime said, or null where it worked. */
  readonly fault: string | null;
  readonly largestTensor: number | null;
}

const entry = fileURLToPath(new URL('./gpu-device-process.ts', import.meta.url));

/** Drivers that hang are given up, milliseconds. */
const patienceMs = 60_000;

let found: Promise<GpuDevice> | undefined;

/** Once a process. Throws `engine-unavailable` where there is no device, in words. */
export function gpuDevice(): Promise<GpuDevice> {
  found ??= findGpuDevice();
  return found;
}

async function findGpuDevice(): Promise<GpuDevice> {
  const { answer, printed, ending } = await askProcess();
  if (!answer) throw unavailable(`The driver of the graphics card ${ending}.`);
  if (answer.fault !== null) {
    throw unavailable(
      /adapter/i.test(answer.fault)
        ? 'No graphics card with a working driver was found.'
        : `The graphics card cannot be used: ${answer.fault.split('\n')[0]}`,
    );
  }
  return { name: nameFrom(printed), largestTensor: answer.largestTensor };
}

function unavailable(why: string): Failure {
  return new Failure('engine-unavailable', why);
}

/** What the process said, all that was printed in it, and how it ended, in words. */
async function askProcess(): Promise<{
  answer: Answer | undefined;
  printed: string;
  ending: string;
}> {
  const child = fork(entry, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // On Linux the loader of drivers names the one that it hands out.
    env: { ...process.env, VK_LOADER_DEBUG: 'layer,driver' },
  });
  let printed = '';
  let answer: Answer | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  child.on('message', (message) => (answer = message as Answer));
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const ending = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be asked: ${error.message}`));
    child.once('close', (code, signal) => {
      const hung = child.killed && `did not answer within ${patienceMs / 1000} s`;
      resolve(hung || `broke down (${signal ?? `exit code ${code}`})`);
    });
  });
  clearTimeout(timer);
  return { answer, printed, ending };
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
