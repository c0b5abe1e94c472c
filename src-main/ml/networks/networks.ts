// The networks by name.

import type { NetworkName } from '#domain/network-table.ts';
import { conv4 } from './conv4/network.ts';
import type { Network } from './network.ts';
import { resnet18 } from './resnet18/network.ts';

export const networks: Readonly<Record<NetworkName, Network>> = { resnet18, conv4 };
