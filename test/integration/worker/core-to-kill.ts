// A process that starts a worker, gives it the training of its argument and prints its number, to be
// killed by a test.

import type { TrainTask } from '#worker/contract.ts';
import { spawnWorker } from '#worker/spawn.ts';

const worker = spawnWorker();
worker.client.on('epoch', () => {
  console.log(worker.pid);
});
await worker.client.call('train', JSON.parse(process.argv[2]!) as TrainTask);
