// A helping thread that ends in the middle of the first item it takes, and reports nothing. The main
// thread may draw a whole batch before it comes to take one: then it waits for the next.

import { workerData } from 'node:worker_threads';
import { help, nextTicket } from '#worker/views/view-order.ts';
import { viewsOf } from '#worker/views/view-recipe.ts';
import type { ViewThreadData } from '#worker/views/view-thread.ts';

const { recipe, order } = workerData as ViewThreadData;
const { length, phases } = viewsOf(recipe);
for (let ticket = 0; ;) {
  ticket = nextTicket(order, ticket);
  help({ length, phases, draw: () => process.exit(7) }, order);
}
