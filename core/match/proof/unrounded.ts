import type { OnnxModel, OnnxNode } from '../../onnx/model';
import type { PreparedSide } from '../canonical/side';
import type { MatchGraph } from '../graph/graph';
import { quantizationOf, rangeOf } from '../graph/quantized';
import { expandQuantized } from '../prepare/expandQuantized';
import { inlineFunctions } from '../prepare/inlineFunctions';
import { runnable } from '../prepare/runnable';
import { type Outcome, withTensors } from './load';

/**
 * The model of a file that is quantised to fixed ranges, without the roundings between its layers: the integers of 8 bits stay the
 * numbers that they stood for. A range that begins at zero remains a relu. The weights remain those in 8 bits, as numbers.
 *
 * Operators on integers that are not read here remain too, so that such a model does not run.
 */
export function unroundedModel({ model, source, canonical: { graph } }: PreparedSide): Outcome<OnnxModel> {
  const { nodes } = expandQuantized({ nodes: inlineFunctions(model), origins: new Map() });
  const inputs = new Set(model.graph.inputs.map(({ name }) => name));
  const numbers = new Set<string>();
  const unrounded = nodes.map((node) => {
    const replaced = withoutRounding(node, numbers, inputs, graph);
    if (replaced) for (const output of node.outputs) numbers.add(output);
    // Several may stand for one of the file's, and ONNX Runtime wants names once.
    return { ...(replaced ?? node), name: '' };
  });
  const whole: OnnxModel = { ...model, functions: [], graph: { ...model.graph, nodes: unrounded, valueInfo: [] } };
  return withTensors(runnable(whole, graph), new Map(), source);
}

/** Operators that only move values, integers as well as numbers. */
const MOVING: ReadonlySet<string> = new Set(
  'Identity Reshape Flatten Transpose Squeeze Unsqueeze Slice Split Concat Gather Expand MaxPool'.split(' '),
);

/** What stands for a node whose output are then numbers instead of integers; `undefined` for one that stays as it is. */
function withoutRounding(
  node: OnnxNode,
  numbers: ReadonlySet<string>,
  inputs: ReadonlySet<string>,
  graph: MatchGraph,
): OnnxNode | undefined {
  const [value = '', scale, zero] = node.inputs;
  if (node.domain !== '') return undefined;
  if (node.opType === 'QuantizeLinear' && !graph.constant(value)) {
    const quantization = quantizationOf(scale, zero, graph);
    const isRelu = quantization !== undefined && rangeOf(quantization)?.low === 0 && !inputs.has(value);
    return { ...node, opType: isRelu ? 'Relu' : 'Identity', inputs: [value], attributes: new Map() };
  }
  if (!numbers.has(value)) return undefined;
  if (node.opType === 'DequantizeLinear') {
    return { ...node, opType: 'Identity', inputs: [value], attributes: new Map() };
  }
  return MOVING.has(node.opType) ? node : undefined;
}
