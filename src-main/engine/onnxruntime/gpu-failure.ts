// What onnxruntime throws on a graphics card, as failures that a user can act upon.

import { Failure } from '#domain/failure.ts';

/** Dawn says so of whatever it is asked after the loss. */
const lost = /device (is |was )?lost|\[Device[^\]]*\] is lost|DEVICE_(LOST|REMOVED|HUNG|RESET)/i;

/** A buffer that could not be had shows only when it is used: then it is "invalid". */
const noMemory =
  /out.of.(device.|host.)?memory|max buffer size limit|maxStorageBufferBindingSize|Invalid Buffer|Failed to allocate|bad_alloc|narrowing_error/i;

/** A failure, or what was thrown where it is neither of the two. `device`: for people. */
export function gpuFailure(error: unknown, device: string): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (lost.test(message)) {
    return new Failure(
      'device-lost',
      `${device} stopped working: its driver failed, or the device was taken away.`,
      undefined,
      { cause: error },
    );
  }
  if (noMemory.test(message)) {
    return new Failure(
      'out-of-memory',
      `${device} has not enough memory for this: ${firstLine(message)} A smaller batch or inputSize ` +
        'needs less.',
      undefined,
      { cause: error },
    );
  }
  return error;
}

function firstLine(message: string): string {
  const line = message.split('\n')[0]!.trim();
  return line.endsWith('.') ? line : `${line}.`;
}
