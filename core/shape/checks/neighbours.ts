import { dataName } from '../../scheme/layers';
import type { Source } from '../../scheme/references';
import type { Operation } from '../network';
import type { CheckContext } from './context';

/** An operation, and the place of its layer. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly index: number;
}

/** Finds what stands before and behind an operation, without a look at the rest of the network. */
export class Neighbours {
  constructor(private readonly context: CheckContext) {}

  /** The operation that makes the first input. */
  before({ operation, index }: PlacedOperation): PlacedOperation | undefined {
    const id = operation.inputs[0]!;
    const within = this.operations(index).find((other) => other.id === id);
    return within ? { operation: within, index } : this.maker(id, this.context.references.sources[index]!);
  }

  /** The first operation that takes the output. */
  after({ operation: { id }, index }: PlacedOperation): PlacedOperation | undefined {
    const within = takerIn(this.operations(index), id);
    if (within) return { operation: within, index };
    return id === this.context.layers[index]!.output ? this.taker(id, index) : undefined;
  }

  private maker(id: string, sources: readonly Source[]): PlacedOperation | undefined {
    for (const source of sources) {
      if (source === undefined || source === dataName || this.context.layers[source]!.output !== id) continue;
      const operation = this.operations(source).find((other) => other.id === id);
      // A layer without operations passes on what it takes.
      return operation ? { operation, index: source } : this.maker(id, this.context.references.sources[source]!);
    }
    return undefined;
  }

  private taker(id: string, index: number): PlacedOperation | undefined {
    let first: PlacedOperation | undefined;
    for (const consumer of this.context.references.consumers[index]!) {
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
