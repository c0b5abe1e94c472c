// How the parts of a lowering call the tensors of a program inside the model.

import type { Value } from '../ir/program.ts';

export type NameOf = (value: Value) => string;
