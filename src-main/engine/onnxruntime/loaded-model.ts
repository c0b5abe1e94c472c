// A model file in onnxruntime: forward only, from its bytes alone.

import * as ort from 'onnxruntime-node';
import { Failure } from '#domain/failure.ts';
import type { LoadedModel, ModelFile, ShapedTensor } from '../engine.ts';
import { faultInOnnx } from '../onnx/inspect.ts';

/**
 * `explain`: what is thrown in place of an error of onnxruntime about memory or the device. Throws as
 * `Engine.load`.
 */
export async function loadModel(
  file: ModelFile,
  options: ort.InferenceSession.SessionOptions,
  explain: (error: unknown) => unknown,
): Promise<LoadedModel> {
  const fault = faultInOnnx(file.bytes);
  if (fault !== null) throw unfit(file, fault);
  let session: ort.InferenceSession;
  try {
    // The failure says what is wrong; the log would repeat it.
    session = await ort.InferenceSession.create(file.bytes, { ...options, logSeverityLevel: 4 });
  } catch (error) {
    const explained = explain(error);
    throw explained === error ? refusal(file, error) : explained;
  }
  const wrong = wrongPorts(file, session);
  if (wrong !== null) {
    await session.release();
    throw unfit(file, wrong);
  }
  return new OrtModel(file, session, explain);
}

class OrtModel implements LoadedModel {
  readonly #file: ModelFile;
  readonly #session: ort.InferenceSession;
  readonly #explain: (error: unknown) => unknown;

  constructor(
    file: ModelFile,
    session: ort.InferenceSession,
    explain: (error: unknown) => unknown,
  ) {
    // The bytes may be let go.
    this.#file = { ...file, bytes: new Uint8Array(0) };
    this.#session = session;
    this.#explain = explain;
  }

  async run(inputs: Readonly<Record<string, ShapedTensor>>): Promise<Record<string, ShapedTensor>> {
    const fed = this.#file.inputs.map((name) => {
      const given = inputs[name];
      if (given === undefined) throw new Error(`Input ${name} is missing`);
      return [name, new ort.Tensor('float32', given.values, given.shape)] as const;
    });
    let results: ort.InferenceSession.ReturnType;
    try {
      results = await this.#session.run(Object.fromEntries(fed), this.#file.outputs);
    } catch (error) {
      const explained = this.#explain(error);
      if (explained !== error) throw explained;
      const shapes = fed.map(([name, { dims }]) => `${name} [${dims.join(', ')}]`).join(', ');
      throw unfit(this.#file, `cannot be run with ${shapes}: ${firstLines(error)}`, error);
    }
    return Object.fromEntries(
      this.#file.outputs.map((name) => {
        const { dims, data } = results[name]!;
        return [name, { shape: dims, values: data as Float32Array }];
      }),
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function wrongPorts(file: ModelFile, session: ort.InferenceSession): string | null {
  const sides = [
    { kind: 'input', asked: file.inputs, ports: session.inputMetadata },
    { kind: 'output', asked: file.outputs, ports: session.outputMetadata },
  ] as const;
  for (const { kind, asked, ports } of sides) {
    const list = ports.map(({ name }) => name).join(', ');
    for (const name of asked) {
      const port = ports.find((one) => one.name === name);
      if (!port) return `has no ${kind} "${name}"; its ${kind}s are: ${list}`;
      const type = port.isTensor ? port.type : 'no tensor';
      if (type !== 'float32') return `has an ${kind} "${name}" of ${type}, not of float32`;
    }
  }
  const left = session.inputNames.find((name) => !file.inputs.includes(name));
  return left === undefined ? null : `needs another input, "${left}", that nothing is known of`;
}

/** Why onnxruntime does not take a model, in words. */
function refusal(file: ModelFile, error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const operator = /No Op registered for (\S+) with domain_version of (\d+)/.exec(text);
  if (operator) {
    return unfit(
      file,
      `uses the operator ${operator[1]} (operator set ${operator[2]}), which onnxruntime does not have`,
      error,
    );
  }
  const newest = /official support for domain \S+ is till opset (\d+)/.exec(text);
  if (newest) {
    return unfit(
      file,
      `is written in a newer operator set than onnxruntime knows, which is ${newest[1]}. Export it again ` +
        'with an older one, such as 17',
      error,
    );
  }
  return unfit(file, `cannot be loaded: ${firstLines(error)}`, error);
}

function unfit({ path }: ModelFile, fault: string, cause?: unknown): Failure {
  const end = fault.endsWith('.') ? '' : '.';
  return new Failure('bad-input', `The model ${path} ${fault}${end}`, path, { cause });
}

/** The start of a message that may be pages long. */
function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 240);
}
