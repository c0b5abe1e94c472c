// A helping thread that takes an item of the first order and ends in the middle of it, saying nothing.

import { workerData } from 'node:worker_threads';
import { help, nextTicket } from '#worker/views/view-order.ts';
import { viewsOf } from '#worker/views/view-recipe.ts';
import type { ViewThreadData } from '#worker/views/view-thread.ts';

const { recipe, order } = workerData as ViewThreadData;
const { length, phases } = viewsOf(recipe);
nextTicket(order, 0);
help({ length, phases, draw: () => process.exit(7) }, order);
