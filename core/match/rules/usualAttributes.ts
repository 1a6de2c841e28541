import type { Attribute } from '../../onnx/model';
import { type GraphNode, intAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * What an operator does when nothing is said, by attribute: some exporters write it, others leave it out. Only what is the
 * same in every opset (https://github.com/onnx/onnx/blob/main/docs/Operators.md).
 */
const USUAL: Readonly<Record<string, Readonly<Record<string, number | string>>>> = {
  Shape: { start: 0 },
  Gather: { axis: 0 },
  GatherElements: { axis: 0 },
  GatherND: { batch_dims: 0 },
  ScatterElements: { axis: 0, reduction: 'none' },
  ScatterND: { reduction: 'none' },
  CumSum: { exclusive: 0, reverse: 0 },
  ArgMax: { axis: 0, keepdims: 1, select_last_index: 0 },
  ArgMin: { axis: 0, keepdims: 1, select_last_index: 0 },
  TopK: { axis: -1, largest: 1, sorted: 1 },
  OneHot: { axis: -1 },
  Trilu: { upper: 1 },
  Mod: { fmod: 0 },
  Split: { axis: 0 },
  Pad: { mode: 'constant' },
  DepthToSpace: { mode: 'DCR' },
  Resize: {
    antialias: 0,
    cubic_coeff_a: -0.75,
    exclude_outside: 0,
    extrapolation_value: 0,
    keep_aspect_ratio_policy: 'stretch',
  },
  Reshape: { allowzero: 0 },
  Cast: { saturate: 1 },
  LpNormalization: { axis: -1, p: 2 },
  Celu: { alpha: 1 },
};

/** An attribute that says what goes without saying is the same as none. Near miss: any other value. */
export const usualAttributes: Rule = {
  name: 'usual-attributes',
  operators: Object.keys(USUAL),
  apply(node, graph) {
    const usual = USUAL[node.op];
    const kept = [...node.attributes].filter(
      ([name, attribute]) => !isUsual(usual?.[name], attribute) && !isCount(node, name),
    );
    if (kept.length === node.attributes.size) return false;
    graph.replace([node], { ...node, attributes: new Map(kept) });
    return true;
  },
};

function isUsual(usual: number | string | undefined, attribute: Attribute): boolean {
  return usual !== undefined && 'value' in attribute && attribute.value === usual;
}

/** `Split` into as many parts as it has outputs, which newer opsets have to be told. */
function isCount(node: GraphNode, name: string): boolean {
  return node.op === 'Split' && name === 'num_outputs' && intAttribute(node, name, 0) === node.outputs.length;
}
