import type { Attribute } from '../../onnx/model';
import { Fingerprint } from '../graph/fingerprint';
import type { GraphNode, Setting } from '../graph/graph';
import type { CanonicalGraph } from './canonical';

/** What a node is, apart from its weights' values, as a number: equal for nodes that may be the same. For nodes in canonical form. */
export function labelOf(node: GraphNode): number {
  const label = new Fingerprint().text(node.op);
  for (const name in node.settings) addSetting(label.text(name), node.settings[name]!);
  if (node.attributes.size > 0) addAttributes(label, node.attributes);
  return label.value;
}

const COMMUTATIVE = new Set(['add', 'multiply', 'Add', 'Mul', 'Max', 'Min', 'Sum']);

export function isCommutative(node: GraphNode): boolean {
  return COMMUTATIVE.has(node.op);
}

/**
 * The nodes in an order that follows from the graph alone: from the outputs up, inputs first. The operands of an `Add` go by
 * their height and then by what is above them, so that two exporters that write `f(x) + x` and `x + f(x)` agree.
 */
export function canonicalOrder({ graph, nodes }: CanonicalGraph): GraphNode[] {
  const traits = new Map<GraphNode, Trait>();
  for (const node of nodes) traits.set(node, traitOf(node, graph, traits));
  const children = (node: GraphNode): (GraphNode | undefined)[] => {
    const inputs = node.inputs.map((input) => graph.producer(input));
    if (!isCommutative(node)) return inputs;
    return inputs.sort((a, b) => compareTraits(a && traits.get(a), b && traits.get(b)));
  };
  const order: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  for (const output of graph.outputs) visit(graph.producer(output), children, seen, order);
  return order;
}

interface Trait {
  readonly height: number;
  readonly hash: number;
}

function traitOf(node: GraphNode, graph: CanonicalGraph['graph'], traits: ReadonlyMap<GraphNode, Trait>): Trait {
  let height = 0;
  const inputs: number[] = [];
  for (const input of node.inputs) {
    const producer = graph.producer(input);
    const trait = producer && traits.get(producer);
    height = Math.max(height, trait?.height ?? 0);
    inputs.push(trait?.hash ?? 17);
  }
  if (isCommutative(node)) inputs.sort((a, b) => a - b);
  return { height: height + 1, hash: inputs.reduce(mix, labelOf(node) | 0) };
}

function compareTraits(a: Trait | undefined, b: Trait | undefined): number {
  return (b?.height ?? 0) - (a?.height ?? 0) || (a?.hash ?? 0) - (b?.hash ?? 0);
}

function visit(
  root: GraphNode | undefined,
  children: (node: GraphNode) => (GraphNode | undefined)[],
  seen: Set<GraphNode>,
  order: GraphNode[],
): void {
  if (!root || seen.has(root)) return;
  seen.add(root);
  const stack = [{ node: root, children: children(root), next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.next === top.children.length) {
      order.push(top.node);
      stack.pop();
      continue;
    }
    const child = top.children[top.next++];
    if (!child || seen.has(child)) continue;
    seen.add(child);
    stack.push({ node: child, children: children(child), next: 0 });
  }
}

function addSetting(label: Fingerprint, value: Setting): void {
  if (typeof value === 'number') label.number(value);
  else if (typeof value === 'object') addNumbers(label, value);
  else label.text(String(value));
}

function addNumbers(label: Fingerprint, values: readonly number[]): void {
  label.word(values.length);
  for (const value of values) label.number(value);
}

/** What makes an operator that no rule has read: its attributes. */
function addAttributes(label: Fingerprint, attributes: ReadonlyMap<string, Attribute>): void {
  for (const name of [...attributes.keys()].sort()) addAttribute(label.text(name), attributes.get(name)!);
}

function addAttribute(label: Fingerprint, attribute: Attribute): void {
  switch (attribute.type) {
    case 'float':
    case 'int':
      label.number(attribute.value);
      break;
    case 'floats':
    case 'ints':
      addNumbers(label, attribute.value);
      break;
    case 'other':
      break;
    default:
      label.text(JSON.stringify(attribute.value, withoutData));
  }
}

function withoutData(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Uint8Array) return '';
  return typeof value === 'number' ? Math.fround(value) : value;
}

function mix(a: number, b: number): number {
  return (Math.imul(a ^ b, 0x85ebca6b) + 1) | 0;
}
