import { dataName } from '../../scheme/layers';
import type { Operation } from '../network';
import type { CheckContext } from './context';

/** An operation, and the place of its layer. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly index: number;
}

/**
 * Finds what stands before and behind an operation, without a look at the rest of the network. Two layers may have one name
 * (which is an error of its own), and their operations one id: so only what is written before is a maker, and only what is
 * written behind a taker, and each step leads further.
 */
export class Neighbours {
  constructor(private readonly context: CheckContext) {}

  /** The operation that makes the first input. */
  before({ operation, index }: PlacedOperation): PlacedOperation | undefined {
    const id = operation.inputs[0]!;
    const operations = this.operations(index);
    const within = operations.slice(0, operations.indexOf(operation)).find((other) => other.id === id);
    return within ? { operation: within, index } : this.maker(id, index);
  }

  /** The first operation that takes the output. */
  after({ operation, index }: PlacedOperation): PlacedOperation | undefined {
    const { id } = operation;
    const operations = this.operations(index);
    const within = takerIn(operations.slice(operations.indexOf(operation) + 1), id);
    if (within) return { operation: within, index };
    return id === this.context.layers[index]!.output ? this.taker(id, index) : undefined;
  }

  /** What makes an input of the layer at a place. */
  private maker(id: string, index: number): PlacedOperation | undefined {
    for (const source of this.context.references.sources[index]!) {
      if (source === undefined || source === dataName || source >= index) continue;
      if (this.context.layers[source]!.output !== id) continue;
      const operation = this.operations(source).find((other) => other.id === id);
      // A layer without operations passes on what it takes.
      return operation ? { operation, index: source } : this.maker(id, source);
    }
    return undefined;
  }

  /** What first takes the output of the layer at a place. */
  private taker(id: string, index: number): PlacedOperation | undefined {
    let first: PlacedOperation | undefined;
    for (const consumer of this.context.references.consumers[index]!) {
      if (consumer <= index) continue;
      const operation = takerIn(this.operations(consumer), id);
      const passesOn = !operation && this.context.layers[consumer]!.output === id;
      const found = operation ? { operation, index: consumer } : passesOn ? this.taker(id, consumer) : undefined;
      if (found && (!first || found.index < first.index)) first = found;
    }
    return first;
  }

  private operations(index: number): readonly Operation[] {
    return this.context.layers[index]!.networkLayer?.operations ?? [];
  }
}

function takerIn(operations: readonly Operation[], id: string): Operation | undefined {
  return operations.find(({ inputs }) => inputs.includes(id));
}
