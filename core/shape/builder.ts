import type { Code } from '../scheme/codes';
import type { Operation, Shape } from './network';

/** Why a layer cannot be built. */
export interface LayerProblem {
  readonly code: Code;
  readonly message: string;
  /** The key of the layer that is wrong, below the layer's path; the whole layer without it. */
  readonly key?: readonly (string | number)[];
  /** Places among the layer's inputs whose shapes do not fit; the first without it. */
  readonly inputs?: readonly number[];
  /** The key that mends it, in the layer or an object below it. */
  readonly remedy?: { readonly object?: readonly (string | number)[]; readonly key: string; readonly value: unknown };
}

/** One of a layer's inputs: the operation that makes it, and the name that messages call it by. */
export interface LayerInput {
  /** Id of an operation, or `"data"`. */
  readonly id: string;
  readonly name: string;
  readonly shape: Shape;
  /** For token ids: how many different ones there are. */
  readonly vocabulary?: number;
}

type Without<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

/** An operation as a layer type gives it; the builder adds name, place and input. */
export type Step = Without<Operation, 'id' | 'layer' | 'inputs' | 'inputShapes' | 'macs' | 'parameters'> &
  Partial<Pick<Operation, 'macs' | 'parameters'>>;

/**
 * Collects the operations of one layer, each on the output of the one before. After the first problem it takes no more, so
 * that a layer type may simply go on.
 */
export class LayerBuilder {
  readonly operations: Operation[] = [];
  problem?: LayerProblem;
  #shape: Shape;
  #ids: readonly string[];
  #shapes: readonly Shape[];

  constructor(
    readonly name: string,
    readonly inputs: readonly LayerInput[],
    /** The shape of what enters the network: what a size has shrunk from. */
    readonly sampleShape: Shape,
    /** The layer of the scheme's network that all of this belongs to. */
    readonly layer = name,
  ) {
    this.#shape = inputs[0]!.shape;
    this.#shapes = inputs.map((input) => input.shape);
    this.#ids = inputs.map((input) => input.id);
  }

  /** The shape of what the next step works on. */
  get shape(): Shape {
    return this.#shape;
  }

  /** The operation that makes the layer's output; the layer's own input while it has none. */
  get output(): string {
    return this.#ids[0]!;
  }

  /** The full id of a step, from which its parameters are named. */
  idOf(step: string): string {
    return `${this.name}/${step}`;
  }

  append(step: string, operation: Step): void {
    if (this.problem) return;
    const place = { id: this.idOf(step), layer: this.layer, inputs: this.#ids, inputShapes: this.#shapes };
    this.operations.push({ parameters: [], macs: 0, ...operation, ...place } as Operation);
    this.#ids = [place.id];
    this.#shape = operation.outputShape;
    this.#shapes = [operation.outputShape];
  }

  fail(problem: LayerProblem): void {
    this.problem ??= problem;
  }

  /** A builder for a part of this layer, on inputs of its own: a layer inside of a block for example. */
  part(name: string, inputs: readonly LayerInput[]): LayerBuilder {
    return new LayerBuilder(`${this.name}.${name}`, inputs, this.sampleShape, this.layer);
  }

  /** A builder for steps of this layer on other inputs than its last output. */
  branch(inputs: readonly LayerInput[]): LayerBuilder {
    return new LayerBuilder(this.name, inputs, this.sampleShape, this.layer);
  }

  /** What the next part takes as its input. */
  asInput(name = this.name): LayerInput {
    return { id: this.output, name, shape: this.shape, ...(this.operations.length === 0 ? this.#tokens() : {}) };
  }

  /** Takes over the operations of a part; its output is the layer's from now on. */
  join(part: LayerBuilder): void {
    if (part.problem) this.fail(part.problem);
    if (this.problem) return;
    this.operations.push(...part.operations);
    this.#ids = [part.output];
    this.#shape = part.shape;
    this.#shapes = [part.shape];
  }

  #tokens(): Pick<LayerInput, 'vocabulary'> {
    const { vocabulary } = this.inputs[0]!;
    return vocabulary === undefined ? {} : { vocabulary };
  }
}
