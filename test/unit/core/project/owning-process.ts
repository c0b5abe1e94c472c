// A process that takes the lock of a project and keeps it until it is killed.

import { Failure } from '#domain/failure.ts';
import { lockProject } from '#core/project/project-lock.ts';

try {
  await lockProject(process.argv[2]!);
  console.log('owns');
} catch (error) {
  console.log(error instanceof Failure ? error.code : String(error));
}
setInterval(() => undefined, 1000);
