import { type Attribute, DataType, type OnnxGraph, type OnnxNode } from '../../onnx/model';
import { elementCount, type TensorSource, tensorValues } from '../../onnx/tensor';
import type { MatchGraph } from '../graph/graph';

/** More steps, or more nodes than this, stay a loop that is not compared. */
const MOST_STEPS = 4096;
const MOST_NODES = 100_000;

/** Nodes, and of those that are none of the file's the loop that they come from. */
export interface UnrolledNodes {
  readonly nodes: readonly OnnxNode[];
  readonly origins: ReadonlyMap<OnnxNode, OnnxNode>;
}

/**
 * The nodes with every `Loop` and `Scan` whose steps can be counted replaced by the nodes of its steps, one after the other:
 * recurrent layers of Keras, for example. `graph` is what is known of the nodes' values. The same nodes where there is none.
 */
export function unrollLoops(given: UnrolledNodes, graph: MatchGraph, source: TensorSource): UnrolledNodes {
  if (!given.nodes.some(isLoop)) return given;
  const origins = new Map(given.origins);
  let open = MOST_NODES - given.nodes.length;
  let changed = false;
  const nodes = given.nodes.flatMap((node) => {
    const unrolled = isLoop(node) ? unroll(node, { graph, source }) : undefined;
    if (!unrolled || unrolled.length > open) return [node];
    open -= unrolled.length;
    changed = true;
    for (const each of unrolled) origins.set(each, given.origins.get(node) ?? node);
    return unrolled;
  });
  return changed ? { nodes, origins } : given;
}

/** What is known around a loop. */
interface Surroundings {
  readonly graph: MatchGraph;
  readonly source: TensorSource;
}

function isLoop({ opType, domain }: OnnxNode): boolean {
  return domain === '' && (opType === 'Loop' || opType === 'Scan');
}

function unroll(node: OnnxNode, around: Surroundings): OnnxNode[] | undefined {
  const body = node.attributes.get('body');
  if (body?.type !== 'graph' || !isPlain(body.value)) return undefined;
  return node.opType === 'Loop' ? unrollLoop(node, body.value, around) : unrollScan(node, body.value, around.graph);
}

/** Nothing in it has a graph of its own, whose values would have to be renamed, too. */
function isPlain({ nodes, sparseInitializers = [] }: OnnxGraph): boolean {
  return sparseInitializers.length === 0 && nodes.every(({ attributes }) => ![...attributes.values()].some(isGraph));
}

function isGraph({ type }: Attribute): boolean {
  return type === 'graph' || type === 'graphs';
}

/** https://onnx.ai/onnx/operators/onnx__Loop.html: inputs are the count, the condition and the states. */
function unrollLoop(node: OnnxNode, body: OnnxGraph, around: Surroundings): OnnxNode[] | undefined {
  const { graph } = around;
  const [countName = '', conditionName = '', ...states] = node.inputs;
  const count = countName === '' ? MOST_STEPS + 1 : numberOf(countName, graph);
  const condition = conditionName === '' ? 1 : numberOf(conditionName, graph);
  const isTooLong = countName !== '' && (count ?? 0) * body.nodes.length > MOST_NODES;
  if (count === undefined || condition === undefined || isTooLong) return undefined;
  const unrolling = new Unrolling(node, body, states);
  const known = new Map<string, number>();
  for (const [place, state] of states.entries()) know(known, body.inputs[place + 2]?.name, numberOf(state, graph));
  let goes = condition !== 0;
  for (let step = 0; goes && step < count; step++) {
    if (step >= MOST_STEPS || unrolling.nodes.length > MOST_NODES) return undefined;
    know(known, body.inputs[0]?.name, step);
    know(known, body.inputs[1]?.name, 1);
    const values = evaluate(body, known, around);
    // Without a condition outside, the one of the body is not asked for.
    const next = conditionName === '' ? 1 : values.get(body.outputs[0]?.name ?? '');
    if (next === undefined) return undefined;
    unrolling.step([unrolling.constant(step, 'value_int'), unrolling.truth()], 1);
    goes = next !== 0;
    for (const [place] of states.entries()) {
      know(known, body.inputs[place + 2]?.name, values.get(body.outputs[place + 1]?.name ?? ''));
    }
  }
  return unrolling.finish();
}

/** https://onnx.ai/onnx/operators/onnx__Scan.html, along the first axes: inputs are the states, then the sequences. */
function unrollScan(node: OnnxNode, body: OnnxGraph, graph: MatchGraph): OnnxNode[] | undefined {
  const sequences = node.attributes.get('num_scan_inputs');
  if (sequences?.type !== 'int' || sequences.value < 1 || sequences.value > node.inputs.length) return undefined;
  const attribute = (name: string): readonly number[] => {
    const value = node.attributes.get(name);
    return value?.type === 'ints' ? value.value : [];
  };
  const isFirst = ['scan_input_axes', 'scan_output_axes'].every((name) => attribute(name).every((axis) => axis === 0));
  const states = node.inputs.slice(0, node.inputs.length - sequences.value);
  const scanned = node.inputs.slice(states.length);
  const count = graph.size(scanned[0], 0);
  // Before opset 9 the batch was an axis of its own.
  if (graph.opset < 9 || !isFirst || count === undefined || count > MOST_STEPS) return undefined;
  const unrolling = new Unrolling(node, body, states);
  for (let step = 0; step < count; step++) {
    if (unrolling.nodes.length > MOST_NODES) return undefined;
    const items = scanned.map((from, place) =>
      unrolling.item(from, attribute('scan_input_directions')[place] === 1 ? count - 1 - step : step),
    );
    unrolling.step(items, 0, states.length);
  }
  const directions = attribute('scan_output_directions');
  return unrolling.finish((place) => directions[place] === 1);
}

/** Collects the nodes of the steps; values of the body get the step's name in front. */
class Unrolling {
  readonly nodes: OnnxNode[] = [];
  private readonly collected: string[][];
  private count = 0;
  private readonly names = new Map<string, string>();
  private readonly constants = new Set<string>();

  constructor(
    private readonly node: OnnxNode,
    private readonly body: OnnxGraph,
    private states: readonly string[],
  ) {
    this.collected = node.outputs.slice(states.length).map(() => []);
    for (const tensor of body.initializers) {
      const name = this.scoped(tensor.name);
      this.names.set(tensor.name, name);
      this.push('Constant', [], [name], new Map([['value', { type: 'tensor', value: tensor }]]));
    }
  }

  /** One run of the body. `given` are its inputs beside the states, which stand behind `first` of its inputs (or before them). */
  step(given: readonly string[], firstOutput: number, givenAt = 0): void {
    const { body } = this;
    const names = new Map(this.names);
    const statesAt = givenAt === 0 ? given.length : 0;
    for (const [place, value] of given.entries()) names.set(body.inputs[givenAt + place]?.name ?? '', value);
    for (const [place, value] of this.states.entries()) names.set(body.inputs[statesAt + place]?.name ?? '', value);
    const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? name));
    for (const inner of body.nodes) {
      const inputs = inner.inputs.map(rename);
      for (const output of inner.outputs) if (output !== '') names.set(output, this.scoped(`${this.count}/${output}`));
      this.nodes.push({
        ...inner,
        name: this.scoped(`${this.count}/${inner.name || inner.opType}`),
        inputs,
        outputs: inner.outputs.map(rename),
      });
    }
    const outputs = body.outputs.slice(firstOutput).map(({ name }) => rename(name));
    for (const [place, values] of this.collected.entries()) values.push(outputs[this.states.length + place] ?? '');
    this.states = this.states.map((_, place) => outputs[place] ?? '');
    this.count++;
  }

  constant(value: number, kind: 'value_int' | 'value_ints'): string {
    const name = this.scoped(`${kind} ${value}`);
    const attribute: Attribute = kind === 'value_int' ? { type: 'int', value } : { type: 'ints', value: [value] };
    if (!this.constants.has(name)) this.push('Constant', [], [name], new Map([[kind, attribute]]));
    this.constants.add(name);
    return name;
  }

  /** The condition of a step that is run. */
  truth(): string {
    return this.constant(1, 'value_int');
  }

  /** One entry of the first axis. */
  item(from: string, index: number): string {
    const name = this.scoped(`${from} at ${index}`);
    this.push('Gather', [from, this.constant(index, 'value_int')], [name], new Map());
    return name;
  }

  finish(isReversed: (place: number) => boolean = () => false): OnnxNode[] {
    const { node } = this;
    this.states.forEach((value, place) => {
      if (node.outputs[place]) this.push('Identity', [value], [node.outputs[place]], new Map());
    });
    this.collected.forEach((values, place) => {
      const output = node.outputs[this.states.length + place];
      if (!output) return;
      const rows = values.map((value) => this.row(value, place));
      const axis = new Map<string, Attribute>([['axis', { type: 'int', value: 0 }]]);
      this.push('Concat', isReversed(place) ? rows.reverse() : rows, [output], axis);
    });
    return this.nodes;
  }

  private row(value: string, place: number): string {
    const name = `${value}/row ${place}`;
    this.push('Unsqueeze', [value, this.constant(0, 'value_ints')], [name], new Map());
    return name;
  }

  private push(opType: string, inputs: string[], outputs: string[], attributes: ReadonlyMap<string, Attribute>): void {
    const { name, metadata } = this.node;
    const scope = metadata ? { metadata } : {};
    this.nodes.push({ name, opType, domain: '', inputs, outputs, attributes, ...scope });
  }

  private scoped(name: string): string {
    return `${this.node.name || this.node.outputs.find((output) => output !== '')}/${name}`;
  }
}

function know(known: Map<string, number>, name: string | undefined, value: number | undefined): void {
  if (name === undefined) return;
  if (value === undefined) known.delete(name);
  else known.set(name, value);
}

function numberOf(value: string, graph: MatchGraph): number | undefined {
  const constant = graph.constant(value);
  if (constant) return constant.shape.every((size) => size === 1) ? constant.values()?.[0] : undefined;
  const integers = graph.integers.get(value);
  return integers?.length === 1 && typeof integers[0] === 'number' ? integers[0] : undefined;
}

const NUMERIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Not: (a) => Number(a === 0),
  Identity: (a) => a,
};

/** The single numbers of a step that follow from those that are known: counters, and whether it goes on. */
function evaluate(body: OnnxGraph, given: ReadonlyMap<string, number>, around: Surroundings): Map<string, number> {
  const known = new Map(given);
  const tensor = (of: OnnxGraph['initializers'][number]): number | undefined =>
    elementCount(of.dims) === 1 ? tensorValues(of, around.source)?.[0] : undefined;
  for (const initializer of body.initializers) know(known, initializer.name, tensor(initializer));
  for (const node of body.nodes) {
    const { opType, domain, inputs, outputs, attributes } = node;
    if (domain !== '' || outputs.length !== 1) continue;
    const value = attributes.get('value') ?? attributes.get('value_int');
    const constant = value?.type === 'tensor' ? tensor(value.value) : value?.type === 'int' ? value.value : undefined;
    const values = inputs.map((input) => known.get(input) ?? numberOf(input, around.graph));
    know(known, outputs[0], opType === 'Constant' ? constant : computed(node, values));
  }
  return known;
}

function computed({ opType, attributes }: OnnxNode, values: readonly (number | undefined)[]): number | undefined {
  const [a, b = 0] = values;
  if (a === undefined) return undefined;
  if (opType === 'Squeeze') return a;
  if (opType === 'Cast') {
    const to = attributes.get('to');
    return to?.type === 'int' && KEEPING.has(to.value) && Number.isInteger(a) ? a : undefined;
  }
  return values.includes(undefined) ? undefined : NUMERIC[opType]?.(a, b);
}

/** Types that hold a counter as it is. */
const KEEPING: ReadonlySet<number> = new Set([DataType.float, DataType.double, DataType.int32, DataType.int64]);
