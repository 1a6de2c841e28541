import type { Attribute, OnnxNode, ValueInfo } from '../../onnx/model';
import type { Constant } from './constants';

/** A size, or a symbol for an unknown one: two that are spelled alike are equal. */
export type Dimension = number | string;
export type TensorShape = readonly Dimension[];

export type Setting = number | string | boolean | readonly number[];

/** An equivalence that was used; `name` is the rule's, `message` says what was written how. */
export interface AppliedRule {
  readonly name: string;
  readonly message: string;
}

/** A dropout that was taken out of the graph, kept with the node whose output it dropped. */
export interface DropoutTrace {
  readonly rate?: number;
  /** The export drops values when it is run. */
  readonly active: boolean;
  readonly node: OnnxNode;
}

/**
 * A node on its way to canonical form. `op` is ONNX's operator (`Conv`, `com.vendor::Op`) as long as no rule has read it,
 * then a canonical one in lower case (`convolution`), whose `settings` are in the scheme's words and whose weights are
 * `parameters` by role; `inputs` are then data alone.
 */
export interface GraphNode {
  readonly op: string;
  readonly inputs: string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly parameters: ReadonlyMap<string, Constant>;
  /** A batch normalization that stands behind this convolution or dense and is one with it in an inference export. */
  readonly normalization?: GraphNode;
  /** The nodes of the file that this one stands for. */
  readonly origin: OnnxNode[];
  readonly applied: AppliedRule[];
  readonly dropouts: DropoutTrace[];
}

export type NewNode = Pick<GraphNode, 'op' | 'inputs'> &
  Partial<Pick<GraphNode, 'settings' | 'parameters' | 'attributes' | 'normalization' | 'outputs'>>;

const NOTHING: Pick<GraphNode, 'attributes' | 'settings' | 'parameters'> = {
  attributes: new Map(),
  settings: {},
  parameters: new Map(),
};

/** A graph that rules rewrite. Values are known by name; constants are no nodes. */
export class MatchGraph {
  readonly constants = new Map<string, Constant>();
  readonly shapes = new Map<string, TensorShape>();
  /** Small integer tensors whose elements are known, sizes of other values for example. */
  readonly integers = new Map<string, TensorShape>();
  /** What a value repeats along its axes of unknown size; see `spread.ts`. */
  readonly spread = new Map<string, Constant>();
  /** The axis along which a value counts from 0 on. */
  readonly counting = new Map<string, number>();
  /** What the exporter did to the whole graph: dropouts on its input, for example. */
  readonly inputDropouts: DropoutTrace[] = [];
  readonly outputs: string[];
  /** What cannot be compared, sub-graphs for example; one sentence each. */
  readonly undecided: string[] = [];
  readonly notes: string[] = [];
  /** Values that are used where this graph does not see it, in sub-graphs. */
  readonly pinned = new Set<string>();
  private readonly producers = new Map<string, GraphNode>();
  private readonly consumers = new Map<string, Set<GraphNode>>();
  /** What `ordered` and `pruned` found, as long as nothing was changed since. */
  private order: readonly GraphNode[] | undefined;
  private isPruned = false;

  constructor(
    readonly inputs: readonly ValueInfo[],
    outputs: readonly string[],
    readonly opset: number,
  ) {
    this.outputs = [...outputs];
  }

  add(node: GraphNode): void {
    this.order = undefined;
    for (const output of node.outputs) if (output !== '') this.producers.set(output, node);
    for (const input of node.inputs) this.consumersOf(input).add(node);
  }

  producer(value: string | undefined): GraphNode | undefined {
    return value ? this.producers.get(value) : undefined;
  }

  constant(value: string | undefined): Constant | undefined {
    return value ? this.constants.get(value) : undefined;
  }

  shape(value: string | undefined): TensorShape | undefined {
    return value ? this.shapes.get(value) : undefined;
  }

  /** The element count of an axis of a value when it is a number. */
  size(value: string | undefined, axis: number): number | undefined {
    const size = this.shape(value)?.[axis];
    return typeof size === 'number' ? size : undefined;
  }

  users(value: string): readonly GraphNode[] {
    return [...(this.consumers.get(value) ?? [])];
  }

  isInput(value: string | undefined): boolean {
    return this.inputs.some((input) => input.name === value);
  }

  /** The one node that uses the value and whose work can therefore be merged with its producer's. */
  soleUser(value: string): GraphNode | undefined {
    const users = this.consumers.get(value);
    if (users?.size !== 1 || this.outputs.includes(value) || this.pinned.has(value)) return undefined;
    return users.values().next().value;
  }

  /** The producer of the value, when nobody else uses the value. */
  soleProducer(value: string | undefined): GraphNode | undefined {
    return value && this.soleUser(value) ? this.producers.get(value) : undefined;
  }

  /**
   * Puts one node in the place of `absorbed`, whose last has the outputs that remain. Origins, rules and dropouts of all of
   * them pass to the new one; it may keep fewer of the outputs. An absorbed node whose other outputs are still used must not be given.
   */
  replace(absorbed: readonly GraphNode[], node: NewNode, rule?: AppliedRule): GraphNode {
    const last = absorbed[absorbed.length - 1]!;
    for (const old of absorbed) this.detach(old);
    const result: GraphNode = {
      outputs: last.outputs,
      ...NOTHING,
      ...node,
      origin: absorbed.flatMap((old) => old.origin),
      applied: [...absorbed.flatMap((old) => old.applied), ...(rule ? [rule] : [])],
      dropouts: absorbed.flatMap((old) => old.dropouts),
    };
    this.add(result);
    return result;
  }

  /** Takes a node out that hands its first input on; `rule` is remembered at the node whose output it handed on. */
  bypass(node: GraphNode, rule?: AppliedRule, dropout?: DropoutTrace): void {
    const [from] = node.inputs;
    const [to] = node.outputs;
    if (from === undefined || to === undefined) return;
    this.detach(node);
    for (const user of this.users(to)) {
      for (let i = 0; i < user.inputs.length; i++) if (user.inputs[i] === to) user.inputs[i] = from;
      this.consumersOf(from).add(user);
    }
    this.consumers.delete(to);
    for (let i = 0; i < this.outputs.length; i++) if (this.outputs[i] === to) this.outputs[i] = from;
    this.leaveTrace(from, node, rule, dropout);
  }

  /** Puts a new node, which is none of the file's, between a value and everything that uses it. */
  interpose(value: string, between: string, node: Omit<NewNode, 'inputs'>): void {
    for (const user of this.users(value)) {
      for (let i = 0; i < user.inputs.length; i++) if (user.inputs[i] === value) user.inputs[i] = between;
      this.consumersOf(between).add(user);
    }
    this.consumers.delete(value);
    this.add({
      outputs: [between],
      ...NOTHING,
      ...node,
      inputs: [value],
      origin: [],
      applied: [],
      dropouts: [],
    });
  }

  /** Nodes that the outputs need, every one after its inputs; recursion-free, since real graphs are deep. */
  ordered(): readonly GraphNode[] {
    if (this.order) return this.order;
    const order: GraphNode[] = [];
    const seen = new Set<GraphNode>();
    for (const output of this.outputs) this.visit(this.producers.get(output), seen, order);
    this.order = order;
    this.isPruned = false;
    return order;
  }

  /** Takes out what no output needs any more, so that it does not count as a user of values; returns the rest in order. */
  pruned(): readonly GraphNode[] {
    const order = this.ordered();
    if (this.isPruned) return order;
    const seen = new Set(order);
    const captured: GraphNode[] = [];
    for (const value of this.pinned) this.visit(this.producers.get(value), seen, captured);
    for (const node of this.producers.values()) if (!seen.has(node)) this.detach(node);
    this.order = order;
    this.isPruned = true;
    return order;
  }

  private visit(root: GraphNode | undefined, seen: Set<GraphNode>, order: GraphNode[]): void {
    if (!root || seen.has(root)) return;
    seen.add(root);
    const path = [root];
    const next = [0];
    while (path.length > 0) {
      const last = path.length - 1;
      const node = path[last]!;
      if (next[last] === node.inputs.length) {
        order.push(node);
        path.pop();
        next.pop();
        continue;
      }
      const input = this.producers.get(node.inputs[next[last]!++]!);
      if (!input || seen.has(input)) continue;
      seen.add(input);
      path.push(input);
      next.push(0);
    }
  }

  private leaveTrace(value: string, node: GraphNode, rule?: AppliedRule, dropout?: DropoutTrace): void {
    const dropouts = [...node.dropouts, ...(dropout ? [dropout] : [])];
    const producer = this.producers.get(value);
    if (!producer) {
      this.inputDropouts.push(...dropouts);
      return;
    }
    producer.applied.push(...node.applied, ...(rule ? [rule] : []));
    producer.dropouts.push(...dropouts);
    producer.origin.push(...node.origin);
  }

  private detach(node: GraphNode): void {
    this.order = undefined;
    for (const output of node.outputs) if (this.producers.get(output) === node) this.producers.delete(output);
    for (const input of node.inputs) this.consumers.get(input)?.delete(node);
  }

  private consumersOf(value: string): Set<GraphNode> {
    let users = this.consumers.get(value);
    if (!users) {
      users = new Set();
      this.consumers.set(value, users);
    }
    return users;
  }
}

/** The output that counts; the others are a training export's statistics, masks and indices. */
export function outputOf(node: GraphNode): string {
  return node.outputs[0] ?? '';
}

export function isKnown(shape: TensorShape | undefined): shape is readonly number[] {
  return shape?.every((size) => typeof size === 'number') ?? false;
}

export function sameShape(a: TensorShape | undefined, b: TensorShape | undefined): boolean {
  return !!a && !!b && a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? attribute.value : fallback;
}

export function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'float' || attribute?.type === 'int' ? attribute.value : fallback;
}

export function intsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'ints' ? attribute.value : undefined;
}

export function stringAttribute(node: GraphNode, name: string, fallback: string): string {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'string' ? attribute.value : fallback;
}
