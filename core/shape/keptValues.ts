import type { Operation } from './network';
import { elementCount } from './shapes';

/**
 * Values of one sample that training keeps of an operation: its output, and what is made on the way to it. A flatten or reshape
 * only looks at its input otherwise; an attention has queries, keys, values, their shares and the heads' outputs; a recurrent
 * layer its gates and states.
 */
export function keptValues(operation: Operation): number {
  const output = elementCount(operation.outputShape);
  const [length = 1] = operation.inputShapes[0]!;
  switch (operation.kind) {
    case 'flatten':
    case 'reshape':
      return 0;
    case 'attention':
      return output + operation.heads * length * (4 * operation.keyDimension + length);
    case 'lstm':
    case 'gru': {
      const gatesAndState = operation.kind === 'lstm' ? 6 : 4;
      return output + gatesAndState * length * operation.units * (operation.bidirectional ? 2 : 1);
    }
    default:
      return output;
  }
}
