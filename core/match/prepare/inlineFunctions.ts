import type { Attribute, OnnxFunction, OnnxModel, OnnxNode } from '../../onnx/model';

/** Functions that call functions; the standard forbids recursion, a damaged file may have it. */
const DEEPEST_CALLS = 32;
/** Calls with the nodes of what they call; functions that call others twice, and these again, would come to billions. */
const MOST_STEPS = 500_000;

/**
 * The graph's nodes with every call of one of the model's own functions replaced by the function's nodes, as
 * `export_modules_as_functions` and onnxscript write them. Inner values get the call's name in front.
 */
export function inlineFunctions(model: OnnxModel): readonly OnnxNode[] {
  if (model.functions.length === 0) return model.graph.nodes;
  const functions = new Map(model.functions.map((f) => [callee(f.domain, f.name, f.overload), f]));
  const inlining = { functions, steps: 0, nodes: [] };
  expand(model.graph.nodes, 0, inlining);
  return inlining.nodes;
}

interface Inlining {
  readonly functions: ReadonlyMap<string, OnnxFunction>;
  steps: number;
  readonly nodes: OnnxNode[];
}

function callee(domain: string, name: string, overload = ''): string {
  return `${domain}::${name}::${overload}`;
}

/** Calls beyond the limits stay what they are: operators that nobody knows. */
function expand(nodes: readonly OnnxNode[], depth: number, inlining: Inlining): void {
  for (const [index, node] of nodes.entries()) {
    const called = inlining.functions.get(callee(node.domain, node.opType, node.overload));
    if (!called || depth > DEEPEST_CALLS || inlining.steps > MOST_STEPS) {
      inlining.nodes.push(node);
      continue;
    }
    inlining.steps += 1 + called.nodes.length;
    expand(bodyFor(node, called, `${node.name || `${node.opType}_${index}`}/`), depth + 1, inlining);
  }
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
    attributes: boundAttributes(node, call, called),
  }));
}

/** References to the function's attributes, replaced by what the call gives, or the function for want of it. */
function boundAttributes(node: OnnxNode, call: OnnxNode, called: OnnxFunction): ReadonlyMap<string, Attribute> {
  const bound = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const reference = attribute.type === 'other' ? attribute.reference : undefined;
    const value = reference ? (call.attributes.get(reference) ?? called.defaults?.get(reference)) : attribute;
    if (value) bound.set(name, value);
  }
  return bound;
}
