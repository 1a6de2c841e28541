import type { LayerSide, LayerStatus, LayerVerdict, MatchReport, Reason } from '../../core/match/report';

/** A report with every kind of verdict, in the words of the match. */
export function sampleReport(): MatchReport {
  const conv = 'convolution 3 x 3, 64 channels';
  return {
    verdict: 'mismatch',
    intended: { file: '/lab/shapes/model_scheme.json', kind: 'scheme', parameters: 241_987 },
    exported: {
      file: '/lab/shapes/model.onnx',
      kind: 'onnx',
      producer: 'pytorch 2.13.0',
      opset: 18,
      nodes: 21,
      parameters: 389_443,
    },
    layers: [
      layer('conv_1', 'equivalent', `${conv} + batch normalization, leaky_relu (0.2), max pooling 2 x 2`, undefined, [
        {
          kind: 'equivalent',
          message: 'batch normalization folded into the convolution',
          rule: 'folded-batch-normalization',
        },
        { kind: 'cannot be told', message: 'dropout 0.7 leaves nothing in an inference graph' },
      ]),
      layer('conv_2', 'different', `${conv}, leaky_relu (0.2)`, 'convolution 5 x 5, 64 channels, relu', [
        { kind: 'different', key: 'kernel', message: 'kernel: 3 x 3 intended, 5 x 5 exported' },
        { kind: 'different', key: 'activation', message: 'activation: leaky_relu intended, relu exported' },
      ]),
      ...Array.from({ length: 8 }, (_, at) =>
        layer(`block_${at + 1}`, at % 3 === 1 ? 'cannot be told' : 'same', `${conv}, relu`),
      ),
      layer('dense_1', 'missing', 'dense, 128 units, relu', null, [
        { kind: 'missing', message: 'missing in the exported graph: dense, 128 units, relu' },
      ]),
      layer('node_Sigmoid_7', 'extra', null, 'sigmoid', [
        { kind: 'extra', message: 'not in the intended graph: sigmoid' },
      ]),
      layer('pool_2', 'moved', 'average pooling 2 x 2', 'average pooling 2 x 2', [
        { kind: 'moved', message: 'average pooling 2 x 2 stands behind conv_2 in the exported graph' },
      ]),
      layer('output', 'same', 'dense, 3 units'),
    ],
    proof: { done: false, reason: 'the structures differ' },
    cannotBeTold: [
      'The rates of dropouts: an inference graph has none.',
      'Whether the bias of block_2 is left out or zero.',
    ],
    undecided: [],
    notes: ['The batch axis is frozen to 1.'],
  };
}

/** A report on a network that is the intended one. */
export function matchingReport(layers = 6): MatchReport {
  return {
    ...sampleReport(),
    verdict: 'match',
    layers: Array.from({ length: layers }, (_, at) =>
      layer(`block_${at + 1}`, 'same', `convolution 3 x 3, ${8 * (at + 1)} channels, relu`),
    ),
    proof: {
      done: true,
      holds: true,
      inputs: ['normal', 'uniform', 'zeros', 'ones', 'large', 'tiny'].map((name, at) => ({
        name,
        batch: at % 2 === 0 ? 1 : 4,
        maxAbsoluteError: 1.1e-6 * (at + 1),
        maxRelativeError: 4.2e-7 * (at + 1),
      })),
      maxAbsoluteError: 6.6e-6,
      maxRelativeError: 2.52e-6,
      tolerance: { absolute: 1e-4, relative: 1e-3 },
    },
    notes: [],
  };
}

/** @param exported undefined: as intended; null: not there */
function layer(
  name: string,
  status: LayerStatus,
  intended: string | null,
  exported: string | null | undefined = intended,
  reasons: Reason[] = [],
): LayerVerdict {
  return {
    name,
    status,
    reasons,
    ...(intended !== null && { intended: { ...side('conv2d_set', intended), path: ['model', 'network', 1] } }),
    ...(exported !== null && { exported: side('convolution, activation', exported) }),
  };
}

function side(type: string, summary: string): LayerSide {
  const kernel = summary.includes('5 x 5') ? 5 : 3;
  return {
    type,
    summary,
    outputShape: [14, 14, 64],
    parameters: kernel * kernel * 64 * 64 + 64,
    nodes: [
      {
        name: 'node_conv2d_1',
        opType: 'Conv',
        attributes: { kernel_shape: [kernel, kernel], pads: [1, 1, 1, 1], strides: [1, 1], group: 1 },
      },
      { name: 'node_leaky_relu_1', opType: 'LeakyRelu', attributes: { alpha: 0.20000000298023224 } },
    ],
  };
}
