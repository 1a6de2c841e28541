import type { NodeOptions } from '../../onnx/builder';
import type { GlobalPooling } from '../../shape/network';
import { liesInBlocks, meansOfBlocks, spreadInBlocks } from '../blocks';
import type { Emission, OperationCompiler } from '../emission';
import { channels, elements, spatial } from '../layout';
import { scatterToIndices } from './scatter';

/** To one value per channel: `[batch, channels]`. */
export const globalAveragePooling: OperationCompiler<GlobalPooling> = {
  infer: (emission, operation, [input]) =>
    pooledAndFlat(emission, 'GlobalAveragePool', input, emission.named(operation)),

  train(emission, operation, [input]) {
    const { graph } = emission;
    const [shape] = operation.inputShapes;
    return {
      output: liesInBlocks(graph, input)
        ? meansOfBlocks(graph, input, shape)
        : graph.add('Flatten', [graph.add('GlobalAveragePool', [input])], { axis: 1 }),
      backward(gradient, [wanted]) {
        if (!wanted) return [undefined];
        const share = graph.add('Mul', [gradient, graph.scalar(1 / elements(spatial(shape)))]);
        if (liesInBlocks(graph, input)) return [spreadInBlocks(graph, share, shape)];
        const single = graph.ints([-1, channels(shape), ...spatial(shape).map(() => 1)]);
        return [graph.add('Expand', [graph.add('Reshape', [share, single]), graph.add('Shape', [input])])];
      },
    };
  },
};

/** To one value per channel; the gradient goes to the first of equal maxima. */
export const globalMaxPooling: OperationCompiler<GlobalPooling> = {
  infer: (emission, operation, [input]) => pooledAndFlat(emission, 'GlobalMaxPool', input, emission.named(operation)),

  train(emission, operation, [input]) {
    const { graph } = emission;
    const outputs = [graph.fresh('maximum'), graph.fresh('place')];
    const attributes = { kernel_shape: spatial(operation.inputShapes[0]) };
    const [pooled, places] = graph.addMany('MaxPool', [input], outputs, attributes);
    return {
      output: graph.add('Flatten', [pooled], { axis: 1 }),
      backward: (gradient, [wanted]) => [wanted ? scatterToIndices(graph, gradient, places, input) : undefined],
    };
  },
};

function pooledAndFlat({ graph }: Emission, opType: string, input: string, named: NodeOptions): string {
  const pooled = graph.add(opType, [input], {}, { ...named, outputs: [graph.fresh('pooled')] });
  return graph.add('Flatten', [pooled], { axis: 1 }, { ...named, name: `${named.name}/flatten` });
}
