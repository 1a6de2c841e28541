import type {
  GraphOutline,
  ModelReading,
  ModelSummary,
  NodeDetails,
  OutlineNode,
  TensorStatistics,
} from '../../core/protocol/onnx';

const summary: ModelSummary = {
  file: '/lab/shapes/model.onnx',
  bytes: 2_505_263,
  externalBytes: 0,
  unreachable: [],
  producer: 'pytorch 2.13.0',
  irVersion: 10,
  opsets: [['ai.onnx', 20]],
  parameters: 594_635,
  hasTrainingInfo: false,
  metadata: [['matchdown.run', '20261122-141502-3f9a']],
  run: '20261122-141502-3f9a',
  graphs: [
    { id: '', kind: 'main', name: 'main_graph', nodes: 34 },
    { id: 'function 0', kind: 'function', name: 'Attention', nodes: 2 },
  ],
};

/** A model with one function. */
export function sampleModel(version = '1'): ModelReading {
  return { ok: true, version, summary };
}

/** Eight times the same four nodes between two others; the shapes of the latter are not in the file. */
export function sampleGraph(repetitions = 8): GraphOutline {
  const block = Array.from({ length: 4 * repetitions }, (_, at): OutlineNode => {
    const operator = ['MatMul', 'Add', 'Gelu', 'Add'][at % 4]!;
    const number = Math.floor(at / 4);
    return {
      name: `/blocks.${number}/${operator}_${at}`,
      operator,
      attributes: operator === 'Gelu' ? 'approximate tanh' : '',
      from: at % 4 === 3 ? [at, at - 3] : [at],
      parameters: operator === 'MatMul' ? 4096 : 0,
      shape: ['batch', 64],
      module: `blocks.${number}`,
    };
  });
  const called = { graphs: ['function 0'] };
  return {
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 64] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['batch', 10], from: block.length + 1 }],
    nodes: [
      { name: 'attend', operator: 'lab::Attention', attributes: 'heads 4', from: [-1], parameters: 0, ...called },
      ...block,
      { name: '/head/Gemm', operator: 'Gemm', attributes: 'transB 1', from: [block.length], parameters: 650 },
    ],
    blocks: [{ start: 1, length: 4, count: repetitions }],
  };
}

/** A long chain in which nothing repeats. */
export function longGraph(count: number): GraphOutline {
  const nodes = Array.from({ length: count }, (_, at): OutlineNode => {
    return { name: `node_${at}`, operator: 'Relu', attributes: '', from: [at - 1], parameters: 0, shape: ['n', 4] };
  });
  return { inputs: [{ name: 'x', type: 'float32' }], outputs: [], nodes, blocks: [] };
}

export function sampleDetails(node: number): NodeDetails {
  return {
    name: `/blocks.0/MatMul_${node}`,
    operator: 'MatMul',
    attributes: [],
    inputs: [
      { role: 'A', name: 'a', type: 'float32', shape: ['batch', 64], from: Math.max(0, node - 1) },
      { role: 'B', name: 'weight', type: 'float32', shape: [64, 64], tensor: 'weight' },
    ],
    outputs: [{ name: 'b', type: 'float32', shape: ['batch', 64], to: [node + 1], isGraphOutput: false }],
    metadata: [['namespace', 'Net/blocks.0']],
    source: [{ file: '/home/lab/model.py', line: 10, function: 'forward', text: 'x = self.a(x)' }],
  };
}

export function sampleStatistics(): TensorStatistics {
  return {
    name: 'weight',
    type: 'float32',
    shape: [64, 64],
    bytes: 16_384,
    figures: {
      count: 4096,
      zeros: 12,
      notNumbers: 1,
      infinite: 0,
      minimum: -0.53,
      maximum: 0.61,
      mean: 0.0012,
      deviation: 0.125,
      histogram: Array.from({ length: 40 }, (_, at) => Math.round(300 * Math.exp(-(((at - 19) / 8) ** 2)))),
    },
  };
}
