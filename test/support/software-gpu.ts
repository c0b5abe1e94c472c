// A graphics card for tests: SwiftShader, a driver in software that comes with Chromium and Electron. It
// computes what a card computes, slowly.

import { existsSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const manifest = 'vk_swiftshader_icd.json';

function folders(): string[] {
  return [
    ...['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'],
    join(homedir(), '.cache', 'normscope-electron', '25.1.1'),
    join(import.meta.dirname, '../../node_modules/electron/dist'),
  ];
}

/**
 * Makes this process and those it starts compute on SwiftShader, with a cache of timings of their own.
 * Call it before onnxruntime is used. Throws where there is none: only macOS and Windows may do
 * without (`hasSoftwareGpu`).
 */
export function useSoftwareGpu(): void {
  const folder = folders().find((candidate) => existsSync(join(candidate, manifest)));
  if (folder === undefined) {
    throw new Error(
      `There is no ${manifest}: install the packages chromium and libvulkan1, or run the scenarios ` +
        'once, which fetch an Electron.',
    );
  }
  process.env['VK_ICD_FILENAMES'] = join(folder, manifest);
  process.env['NORMSCOPE_CACHE'] = mkdtempSync(join(tmpdir(), 'normscope-timings-'));
}

/** Chromium's software driver is Vulkan, which onnxruntime takes on Linux alone. */
export const hasSoftwareGpu = process.platform === 'linux';

if (!hasSoftwareGpu) {
  console.warn('Not tested: WebGPU. onnxruntime takes a graphics card in software on Linux alone.');
}
