import type { Attribute, OnnxFunction, OnnxModel, OnnxNode } from '../onnx/model';

/** Functions that call functions; the standard forbids recursion, a damaged file may have it. */
const DEEPEST_CALLS = 32;

/**
 * The graph's nodes with every call of one of the model's own functions replaced by the function's nodes, as
 * `export_modules_as_functions` and onnxscript write them. Inner values get the call's name in front.
 */
export function inlineFunctions(model: OnnxModel): readonly OnnxNode[] {
  if (model.functions.length === 0) return model.graph.nodes;
  const functions = new Map(model.functions.map((f) => [`${f.domain}::${f.name}`, f]));
  return expand(model.graph.nodes, functions, 0);
}

function expand(
  nodes: readonly OnnxNode[],
  functions: ReadonlyMap<string, OnnxFunction>,
  depth: number,
): readonly OnnxNode[] {
  if (depth > DEEPEST_CALLS) return nodes;
  return nodes.flatMap((node, index) => {
    const called = functions.get(`${node.domain}::${node.opType}`);
    if (!called) return [node];
    const prefix = `${node.name || `${node.opType}_${index}`}/`;
    return expand(bodyFor(node, called, prefix), functions, depth + 1);
  });
}

function bodyFor(call: OnnxNode, called: OnnxFunction, prefix: string): readonly OnnxNode[] {
  const names = new Map<string, string>();
  for (const [place, name] of called.inputs.entries()) names.set(name, call.inputs[place] ?? '');
  called.outputs.forEach((name, place) => {
    const output = call.outputs[place];
    if (output) names.set(name, output);
  });
  const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name));
  return called.nodes.map((node) => ({
    ...node,
    name: prefix + (node.name || node.opType),
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: boundAttributes(node, call),
  }));
}

/** References to the function's attributes, replaced by what the call gives. */
function boundAttributes(node: OnnxNode, call: OnnxNode): ReadonlyMap<string, Attribute> {
  const bound = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const reference = attribute.type === 'other' ? attribute.reference : undefined;
    const value = reference ? call.attributes.get(reference) : attribute;
    if (value) bound.set(name, value);
  }
  return bound;
}
