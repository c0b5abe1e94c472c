// "normscope engine install tensorflow" as a process of its own: TensorFlow is loaded to be tried, and
// cannot be unloaded. Tells its parent what it does, then how it ended.

import { Failure } from '#domain/failure.ts';
import { tensorflowFolder } from './engine-folder.ts';
import { installTensorFlow } from './install.ts';

const folder = tensorflowFolder();
try {
  const device = await installTensorFlow(folder, (part) => process.send?.({ part }));
  process.send?.({ installed: { folder, device } });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.send?.({ failure: { code: error.code, message: error.message } });
}
process.disconnect();
