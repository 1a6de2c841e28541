import type { ZeroPadding } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { spatial } from '../layout';

export const zeroPadding: OperationCompiler<ZeroPadding> = {
  infer({ graph, named }, operation, [input]) {
    return graph.add('Pad', [input, graph.ints(allPads(operation))], { mode: 'constant' }, named(operation));
  },

  train({ graph }, operation, [input]) {
    const sizes = spatial(operation.inputShapes[0]);
    const begins = operation.pads.slice(0, sizes.length);
    const ends = begins.map((begin, axis) => begin + sizes[axis]);
    return {
      output: graph.add('Pad', [input, graph.ints(allPads(operation))], { mode: 'constant' }),
      backward(gradient, [wanted]) {
        if (!wanted) return [undefined];
        const axes = sizes.map((_, axis) => axis + 2);
        return [graph.add('Slice', [gradient, graph.ints(begins), graph.ints(ends), graph.ints(axes)])];
      },
    };
  },
};

/** With none for batch and channels, as ONNX's Pad wants them. */
function allPads({ pads }: ZeroPadding): number[] {
  const rank = pads.length / 2;
  return [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)];
}
