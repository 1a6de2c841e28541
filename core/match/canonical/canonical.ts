import { t } from '../../l10n';
import {
  type Attribute,
  DataType,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '../../onnx/model';
import { elementCount, type TensorSource, tensorBytes } from '../../onnx/tensor';
import { breakCircles } from '../graph/circles';
import { type Constant, computedConstant, sparseConstant, tensorConstant } from '../graph/constants';
import { type GraphNode, intsAttribute, MatchGraph, type TensorShape } from '../graph/graph';
import { infer } from '../graph/infer';
import { constantIntegers } from '../graph/integers';
import { expandQuantized } from '../prepare/expandQuantized';
import { expandScaler } from '../prepare/expandScaler';
import { inlineFunctions } from '../prepare/inlineFunctions';
import { type UnrolledNodes, unrollLoops } from '../prepare/unrollLoops';
import { LAST_RULES, LAYOUT_RULES, RULES } from '../rules';
import type { Rule } from '../rules/rule';
import { type FlatInput, type Picture, takeFlatInput } from './flatInput';
import { isChannelsLast, takeInputLayout } from './inputLayout';
import { type InputNormalization, takeNormalization } from './inputNormalization';
import { liftConstants } from './liftConstants';
import { shareArrangements } from './shareArrangements';

export interface CanonicalOptions {
  /** Sizes that the file leaves open are taken from here, by the input's place; the batch axis stays open. */
  readonly inputShapes?: readonly (TensorShape | undefined)[];
  /** A normalisation with constants at the graph's input is taken off and told apart. */
  readonly takeNormalization?: boolean;
  /** The input stays laid out as the file has it, whatever the other side's shape is. */
  readonly keepsLayout?: boolean;
  /** The other side's input, which this graph may take as a row of values. */
  readonly picture?: Picture;
  /** Also the rules that move nodes past each other. */
  readonly commute?: boolean;
}

/** A graph in canonical form: the same for every way in which exporters write the same function. */
export interface CanonicalGraph {
  readonly graph: MatchGraph;
  /** In an order that does not depend on the file's. */
  readonly nodes: readonly GraphNode[];
  readonly normalization?: InputNormalization;
  /** The file wants its input with the channels last; the graph has it with the channels behind the batch. */
  readonly channelsLast?: true;
  /** The file wants its input as a row of values; the graph has it as the other side has. */
  readonly flatInput?: FlatInput;
}

/** More rounds than any rule needs: each rewrite leaves fewer nodes, or moves a node once past another. */
const MOST_ROUNDS = 50;
/** Of one node in one round: a bound against rules that would undo each other for ever. */
const MOST_REWRITES = 200;

/**
 * Brings a model to canonical form. `source` is where its weights can be read; values are read only where a decision hangs
 * on them (the target of a Reshape, the bounds of a Clip).
 */
export function canonicalize(model: OnnxModel, source: TensorSource, options: CanonicalOptions = {}): CanonicalGraph {
  const graph = unrolledGraph(model, source, options);
  const channelsLast = options.keepsLayout ? undefined : takeInputLayout(graph, options.inputShapes?.[0]);
  if (channelsLast) applyRules(graph, LAYOUT_RULES);
  const flatInput = options.picture && takeFlatInput(graph, options.picture);
  const normalization = options.takeNormalization ? takeNormalization(graph, flatInput) : undefined;
  applyRules(graph, options.commute ? RULES : RULES.filter((rule) => !rule.commutes));
  applyRules(graph, LAST_RULES);
  shareArrangements(graph);
  liftConstants(graph);
  return {
    graph,
    nodes: graph.ordered(),
    ...(normalization ? { normalization } : {}),
    ...(channelsLast ? { channelsLast } : {}),
    ...(flatInput ? { flatInput } : {}),
  };
}

/** A model's graph as the file has it, with the shapes that follow from its inputs' shapes. */
export function readGraph(model: OnnxModel, source: TensorSource): MatchGraph {
  return unrolledGraph(model, source, {});
}

/** Loops within loops, and after loops whose outputs tell how often the next one runs. */
const MOST_UNROLLINGS = 8;

function unrolledGraph(model: OnnxModel, source: TensorSource, options: CanonicalOptions): MatchGraph {
  let file = expandScaler(expandQuantized({ nodes: inlineFunctions(model), origins: new Map() }));
  let graph = buildGraph(file, model, source, options);
  for (let round = 0; round < MOST_UNROLLINGS; round++) {
    const next = unrollLoops(file, graph, source);
    if (next === file) return graph;
    file = next;
    graph = buildGraph(file, model, source, options);
  }
  return graph;
}

function applyRules(graph: MatchGraph, rules: readonly Rule[]): void {
  const byOperator = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const operator of rule.operators) byOperator.set(operator, [...(byOperator.get(operator) ?? []), rule]);
  }
  let changed = true;
  for (let round = 0; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    for (const node of graph.pruned()) {
      // Of a recurrent layer the states alone may be there, and no outputs.
      const output = node.outputs.find((name) => name !== '');
      for (let count = 0; count < MOST_REWRITES && rewrite(graph.producer(output), graph, byOperator); count++)
        changed = true;
    }
  }
}

function rewrite(node: GraphNode | undefined, graph: MatchGraph, rules: ReadonlyMap<string, readonly Rule[]>): boolean {
  if (!node) return false;
  return rules.get(node.op)?.some((rule) => rule.apply(node, graph)) ?? false;
}

function buildGraph(
  { nodes, origins }: UnrolledNodes,
  model: OnnxModel,
  source: TensorSource,
  options: CanonicalOptions,
): MatchGraph {
  const file = model.graph;
  const initializers = new Set([
    ...file.initializers.map((tensor) => tensor.name),
    ...(file.sparseInitializers ?? []).map((tensor) => tensor.name),
  ]);
  const withoutValues = weightsAmongInputs(nodes, file);
  const inputs = file.inputs.filter((input) => !initializers.has(input.name) && !withoutValues.has(input.name));
  const graph = new MatchGraph(
    inputs,
    file.outputs.map((output) => output.name),
    model.opsetImports.get('') ?? 1,
  );
  for (const tensor of file.initializers) setConstant(graph, tensor.name, tensorConstant(tensor, source));
  for (const tensor of file.sparseInitializers ?? []) setConstant(graph, tensor.name, sparseConstant(tensor, source));
  for (const [name, constant] of withoutValues) setConstant(graph, name, constant);
  setInputShapes(graph, options.inputShapes ?? []);
  addNodes(graph, nodes, source, origins);
  breakCircles(graph);
  inferAll(graph, file);
  return graph;
}

function setConstant(graph: MatchGraph, name: string, constant: Constant): void {
  graph.constants.set(name, constant);
  graph.shapes.set(name, constant.shape);
  const integers = constantIntegers(graph, name);
  if (integers) graph.integers.set(name, integers);
}

/** Inputs in a weight's place, as `export_params=False` leaves them: weights whose values are not in the file. */
function weightsAmongInputs(nodes: readonly OnnxNode[], file: OnnxGraph): Map<string, Constant> {
  const weighted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'BatchNormalization', 'MatMul']);
  const places = new Set(nodes.filter((node) => weighted.has(node.opType)).flatMap((node) => node.inputs.slice(1)));
  const result = new Map<string, Constant>();
  for (const input of file.inputs.slice(1)) {
    const shape = input.shape;
    if (!places.has(input.name) || !shape?.every((size) => typeof size === 'number')) continue;
    result.set(
      input.name,
      computedConstant(shape as readonly number[], input.dataType, () => undefined),
    );
  }
  return result;
}

function setInputShapes(graph: MatchGraph, wanted: readonly (TensorShape | undefined)[]): void {
  graph.inputs.forEach((input, place) => {
    const hint = wanted[place];
    if (!input.shape) {
      if (hint) graph.shapes.set(input.name, ['batch', ...hint.slice(1)]);
      return;
    }
    const fitting = hint?.length === input.shape.length ? hintFor(input.shape, hint) : undefined;
    const shape = input.shape.map((size, axis) => {
      const named = size === '' ? `${input.name}[${axis}]` : size;
      const wantedSize = fitting?.[axis];
      return typeof named === 'string' && axis > 0 && typeof wantedSize === 'number' ? wantedSize : named;
    });
    graph.shapes.set(input.name, shape);
  });
}

function hintFor(shape: TensorShape, hint: TensorShape): TensorShape {
  return isChannelsLast(shape, hint) ? [hint[0]!, ...hint.slice(2), hint[1]!] : hint;
}

function addNodes(
  graph: MatchGraph,
  nodes: readonly OnnxNode[],
  source: TensorSource,
  origins: UnrolledNodes['origins'],
): void {
  const produced = new Set<string>();
  for (const node of nodes) {
    const constant = node.opType === 'Constant' && node.domain === '' ? constantOf(node, source) : undefined;
    if (constant && node.outputs[0]) {
      setConstant(graph, node.outputs[0], constant);
      continue;
    }
    for (const output of node.outputs) {
      if (output !== '' && produced.has(output)) graph.undecided.push(t('the value {0} is produced twice', output));
      produced.add(output);
    }
    pinSubGraphs(graph, node);
    graph.add({
      op: node.domain === '' ? node.opType : `${node.domain}::${node.opType}`,
      inputs: withoutOmitted(node.inputs),
      outputs: node.outputs,
      attributes: loadedAttributes(node, source),
      settings: {},
      parameters: new Map(),
      origin: [origins.get(node) ?? node],
      applied: [],
      dropouts: [],
    });
  }
}

/** Optional inputs that are left out at the end may be named, by nothing, or not. */
function withoutOmitted(inputs: readonly string[]): string[] {
  let count = inputs.length;
  while (count > 0 && inputs[count - 1] === '') count--;
  return inputs.slice(0, count);
}

/** Tensors among the attributes (the value of a ConstantOfShape) are small and are read at once. */
function loadedAttributes(node: OnnxNode, source: TensorSource): ReadonlyMap<string, Attribute> {
  if (![...node.attributes.values()].some((attribute) => attribute.type === 'tensor')) return node.attributes;
  return new Map(
    [...node.attributes].map(([name, attribute]): [string, Attribute] => {
      if (attribute.type !== 'tensor' || elementCount(attribute.value.dims) > 64) return [name, attribute];
      const bytes = tensorBytes(attribute.value, source);
      return [
        name,
        bytes ? { type: 'tensor', value: { ...attribute.value, data: { kind: 'bytes', bytes } } } : attribute,
      ];
    }),
  );
}

/** Values that a sub-graph takes from outside are used, though no edge shows it. */
function pinSubGraphs(graph: MatchGraph, node: OnnxNode): void {
  const pin = (inner: OnnxGraph): void => {
    for (const part of inner.nodes) {
      for (const input of part.inputs) graph.pinned.add(input);
      for (const attribute of part.attributes.values()) subGraphs(attribute).forEach(pin);
    }
    for (const output of inner.outputs) graph.pinned.add(output.name);
  };
  const graphs = [...node.attributes.values()].flatMap(subGraphs);
  graphs.forEach(pin);
  if (graphs.length > 0) {
    graph.undecided.push(
      t('{0} ({1}) holds a sub-graph, which is not compared', node.name || node.outputs[0] || '', node.opType),
    );
  }
}

function subGraphs(attribute: Attribute): readonly OnnxGraph[] {
  if (attribute.type === 'graph') return [attribute.value];
  return attribute.type === 'graphs' ? attribute.value : [];
}

function constantOf(node: OnnxNode, source: TensorSource): Constant | undefined {
  const value = node.attributes.get('value');
  if (value?.type === 'tensor') return tensorConstant(value.value as OnnxTensor, source);
  const sparse = node.attributes.get('sparse_value');
  if (sparse?.type === 'sparseTensor') return sparseConstant(sparse.value, source);
  const number = node.attributes.get('value_float') ?? node.attributes.get('value_int');
  if (number?.type === 'float' || number?.type === 'int') return listed([], number.type, [number.value]);
  const list = node.attributes.get('value_floats') ?? node.attributes.get('value_ints');
  if (list?.type === 'floats' || list?.type === 'ints') {
    return listed([list.value.length], list.type === 'floats' ? 'float' : 'int', list.value);
  }
  return undefined;
}

function listed(shape: readonly number[], type: 'float' | 'int', values: readonly number[]): Constant {
  const dataType = type === 'float' ? DataType.float : DataType.int64;
  return computedConstant(shape, dataType, () => Float64Array.from(values));
}

function inferAll(graph: MatchGraph, file: OnnxGraph): void {
  const declared = new Map<string, TensorShape>();
  for (const value of [...file.valueInfo, ...file.outputs]) {
    if (value.shape)
      declared.set(
        value.name,
        value.shape.map((size, axis) => (size === '' ? `${value.name}[${axis}]` : size)),
      );
  }
  for (const node of graph.ordered()) {
    infer(node, graph, declared);
    if (node.op === 'Transpose' && !isPermutation(node, graph)) setAside(node, graph);
  }
}

/** Rules and comparison rely on a transposition being one. */
function isPermutation(node: GraphNode, graph: MatchGraph): boolean {
  const permutation = intsAttribute(node, 'perm');
  const rank = graph.shape(node.inputs[0])?.length ?? permutation?.length;
  const axes = permutation && [...permutation].sort((a, b) => a - b);
  return !axes || (axes.length === rank && axes.every((axis, place) => axis === place));
}

/** A node that cannot be what it is called, as in a damaged file: no rule reads it any more. */
function setAside(node: GraphNode, graph: MatchGraph): void {
  graph.undecided.push(t('{0} ({1}) is damaged: its attributes do not fit', node.origin[0]?.name ?? '', node.op));
  graph.replace([node], { ...node, op: `${node.op} (damaged)` });
}
