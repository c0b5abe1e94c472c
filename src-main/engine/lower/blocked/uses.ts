// Who makes and who uses the tensors of a program.

import type { Operation, OperationKind, Program, Value } from '../../ir/program.ts';

export const updateKinds = ['sgd', 'lars', 'adam'] as const satisfies readonly OperationKind[];
export type Update = Extract<Operation, { kind: (typeof updateKinds)[number] }>;
type Accumulation = Extract<Operation, { kind: 'accumulate' }>;

export class Uses {
  readonly #users = new Map<number, Operation[]>();
  readonly #makers = new Map<number, Operation>();
  readonly #published: ReadonlySet<number>;
  readonly #inputs: ReadonlySet<number>;
  readonly #names: ReadonlyMap<number, string>;

  constructor(program: Program, operations: readonly Operation[]) {
    for (const operation of operations) {
      for (const input of operation.inputs) {
        if (input) this.#users.set(input.id, [...(this.#users.get(input.id) ?? []), operation]);
      }
      for (const output of operation.outputs) this.#makers.set(output.id, operation);
    }
    this.#published = new Set(program.outputs.map(({ value }) => value.id));
    this.#inputs = new Set(program.inputs.map(({ value }) => value.id));
    this.#names = new Map(program.state.map(({ name, value }) => [value.id, name]));
  }

  of(value: Value): readonly Operation[] {
    return this.#users.get(value.id) ?? [];
  }

  maker(value: Value): Operation | undefined {
    return this.#makers.get(value.id);
  }

  isInput(value: Value): boolean {
    return this.#inputs.has(value.id);
  }

  /** The name of a state tensor. */
  name(value: Value): string | undefined {
    return this.#names.get(value.id);
  }

  /** Whether only such operations see the value. */
  only(value: Value, kinds: readonly OperationKind[]): boolean {
    return (
      !this.#published.has(value.id) && this.of(value).every(({ kind }) => kinds.includes(kind))
    );
  }

  single(value: Value): boolean {
    return !this.#published.has(value.id) && this.of(value).length === 1;
  }

  isTrained(parameter: Value): boolean {
    return this.of(parameter).some(isUpdate);
  }

  /** The update of a parameter, when it is the only one and nothing else sees its tensors. */
  update(parameter: Value): Update | null {
    const updates = this.of(parameter).filter(isUpdate);
    const [update] = updates;
    if (updates.length !== 1 || update!.inputs[0] !== parameter) return null;
    const [, gradient] = update!.inputs;
    const hidden =
      this.only(gradient, [...updateKinds, 'sumsOfSquares']) &&
      this.of(gradient).filter((user) => user.kind !== 'sumsOfSquares').length === 1 &&
      ownSlots(update!).every((slot) => this.single(slot)) &&
      this.#isHidden(this.accumulation(update!)) &&
      update!.outputs.every((output: Value) => this.only(output, []));
    return hidden ? update! : null;
  }

  /** The slots of an update that are shaped like its parameter, and the sum over micro-batches. */
  slots(update: Update): readonly Value[] {
    const accumulation = this.accumulation(update);
    return [...ownSlots(update), ...(accumulation ? [accumulation.inputs[0]] : [])];
  }

  /** What sums the gradient of an update over micro-batches, if anything does. */
  accumulation({ inputs: [, gradient] }: Update): Accumulation | null {
    const maker = this.maker(gradient);
    return maker?.kind === 'accumulate' ? maker : null;
  }

  #isHidden(accumulation: Accumulation | null): boolean {
    return (
      accumulation === null || accumulation.inputs.slice(0, 2).every((input) => this.single(input))
    );
  }
}

function isUpdate(operation: Operation): operation is Update {
  return updateKinds.some((kind) => kind === operation.kind);
}

function ownSlots(update: Update): readonly Value[] {
  return update.kind === 'adam' ? [update.inputs[2], update.inputs[3]] : [update.inputs[2]];
}
