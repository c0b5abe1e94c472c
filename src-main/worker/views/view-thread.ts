// A thread that helps to draw views, until it is terminated. Where the system allows it, the
// thread runs at low priority, so that it uses only time that the engine's threads leave idle.

import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { fail, help, nextTicket, type SharedOrder } from './view-order.ts';
import { viewsOf, type ViewRecipe } from './view-recipe.ts';

export interface ViewThreadData {
  readonly recipe: ViewRecipe;
  readonly order: SharedOrder;
}

/** Only Linux changes the priority of the calling thread alone. */
const niceness = 10;
if (process.platform === 'linux') setPriority(niceness);

const { recipe, order } = workerData as ViewThreadData;
try {
  const views = viewsOf(recipe);
  for (let ticket = 0; ;) {
    ticket = nextTicket(order, ticket);
    help(views, order);
  }
} catch (error) {
  fail(order);
  throw error;
}
