// A helping thread for the tests of the order: draws numbers, orders given one after the other.

import { workerData } from 'node:worker_threads';
import { help, nextTicket, type SharedOrder } from '#worker/views/view-order.ts';
import { numbers } from './numbers.ts';

const order = workerData as SharedOrder;
for (let ticket = 0; ;) {
  ticket = nextTicket(order, ticket);
  help(numbers, order);
}
