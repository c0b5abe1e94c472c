// Tensors of a program and the form of its operations.

export type Shape = readonly number[];

/** One tensor of a program. */
export interface Value {
  readonly id: number;
  readonly shape: Shape;
}

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

/** No attributes. */
export type Plain = Readonly<Record<string, never>>;

/** One operation; with a union of kinds, one of each. */
export type OperationOf<
  Kind extends string,
  Inputs extends readonly (Value | undefined)[],
  Outputs extends readonly Value[],
  Attributes extends object = Plain,
> = Kind extends string
  ? {
      readonly kind: Kind;
      readonly inputs: Inputs;
      readonly outputs: Outputs;
      readonly attributes: Attributes;
    }
  : never;

export function elementCount(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
