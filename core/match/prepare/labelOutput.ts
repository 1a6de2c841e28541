import type { OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model';
import { elementCount, type TensorSource, tensorValues } from '../../onnx/tensor';

/** What a classifier's export has beside its scores, and what is left without it. */
export interface WithoutLabels {
  /** The scores are its outputs, as one tensor each. */
  readonly model: OnnxModel;
  readonly outputs: readonly string[];
  /** The nodes that made labels or maps of the scores. */
  readonly nodes: readonly OnnxNode[];
  /** What the labels are called, in the order of the scores; undefined when the file does not say it in a way that is read. */
  readonly classes: readonly (number | string)[] | undefined;
}

const ML = 'ai.onnx.ml';

/**
 * Takes off what skl2onnx and its like put behind a classifier's scores: the label (ArgMax of the scores, ArrayFeatureExtractor
 * that looks the label up, Reshape, Cast; Binarizer for several labels) and the ZipMap that names the scores. What a label says
 * follows from the scores and the names of the classes alone.
 *
 * Near misses, which stay outputs: the ArgMax of something else than an output, along another axis, with the last of equals;
 * scores cut at another value than a half.
 */
export function withoutLabels(model: OnnxModel, source: TensorSource): WithoutLabels | undefined {
  const walk = new Walk(model, source);
  const { outputs } = model.graph;
  const scores = outputs.map(({ name }) => walk.scores(name));
  const labels = outputs.map(({ name }) => walk.label(name));
  const isLabel = (place: number): boolean => {
    const label = labels[place];
    return label !== undefined && scores.some((other, at) => at !== place && !labels[at] && other.value === label.of);
  };
  const kept = outputs.flatMap((output, place) => (isLabel(place) ? [] : [{ output, ...scores[place]! }]));
  const told = labels.filter((_, place) => isLabel(place));
  const nodes = new Set([...told, ...kept].flatMap((each) => each?.nodes ?? []));
  if (nodes.size === 0) return undefined;
  const classes = [...kept, ...told].find((each) => each?.classes)?.classes;
  return {
    model: without(
      model,
      nodes,
      kept.map(({ output, name }) => ({ ...output, name })),
    ),
    outputs: outputs.filter((_, place) => isLabel(place)).map(({ name }) => name),
    nodes: [...nodes],
    classes,
  };
}

interface Label {
  /** The value whose largest element it is. */
  readonly of: string;
  readonly nodes: readonly OnnxNode[];
  readonly classes?: readonly (number | string)[];
}

interface Scores {
  /** The tensor that the output hands on. */
  readonly name: string;
  /** The same without Identity, to be compared. */
  readonly value: string;
  readonly nodes: readonly OnnxNode[];
  readonly classes?: readonly (number | string)[];
}

/** From outputs against the flow of the data. */
class Walk {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly initializers: ReadonlyMap<string, OnnxTensor>;

  constructor(
    model: OnnxModel,
    private readonly source: TensorSource,
  ) {
    for (const node of model.graph.nodes) for (const output of node.outputs) this.producers.set(output, node);
    this.initializers = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));
  }

  scores(output: string): Scores {
    const node = this.producer(output);
    if (node?.domain !== ML || node.opType !== 'ZipMap' || !node.inputs[0]) {
      return { name: output, value: this.plain(output), nodes: [] };
    }
    const names = node.attributes.get('classlabels_strings') ?? node.attributes.get('classlabels_int64s');
    const classes = names?.type === 'strings' || names?.type === 'ints' ? { classes: names.value } : {};
    return { name: node.inputs[0], value: this.plain(node.inputs[0]), nodes: [node], ...classes };
  }

  label(output: string): Label | undefined {
    const nodes: OnnxNode[] = [];
    let classes: Label['classes'];
    let value: string | undefined = output;
    while (value !== undefined && !nodes.includes(this.producers.get(value)!)) {
      const node = this.producers.get(value);
      if (!node) return undefined;
      nodes.push(node);
      if (isLargest(node) || isCut(node)) return this.labelOf(node, nodes, classes);
      if (isLookUp(node)) classes = this.values(node.inputs[0]);
      value = isLookUp(node) ? this.lookedUp(node) : HANDING_ON.has(nameOf(node)) ? node.inputs[0] : undefined;
    }
    return undefined;
  }

  private labelOf(node: OnnxNode, nodes: readonly OnnxNode[], classes: Label['classes']): Label | undefined {
    const [input] = node.inputs;
    return input ? { of: this.plain(input), nodes, ...(classes ? { classes } : {}) } : undefined;
  }

  /** The index with which a node looks something up among constants. */
  private lookedUp({ inputs: [names, index] }: OnnxNode): string | undefined {
    return names !== undefined && this.initializers.has(names) ? index : undefined;
  }

  private values(name: string | undefined): readonly number[] | undefined {
    const tensor = name === undefined ? undefined : this.initializers.get(name);
    const values = tensor && elementCount(tensor.dims) < MOST_CLASSES ? tensorValues(tensor, this.source) : undefined;
    return values && Array.from(values);
  }

  private producer(value: string): OnnxNode | undefined {
    return this.producers.get(this.plain(value));
  }

  private plain(value: string): string {
    const seen = new Set<string>();
    let name = value;
    for (let node = this.producers.get(name); node?.opType === 'Identity' && !seen.has(name); ) {
      seen.add(name);
      name = node.inputs[0] ?? name;
      node = this.producers.get(name);
    }
    return name;
  }
}

const MOST_CLASSES = 1e6;
/** They hand the label on as it is, or as another type of number. */
const HANDING_ON: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

function nameOf({ domain, opType }: OnnxNode): string {
  return domain === '' ? opType : `${domain}::${opType}`;
}

function isLargest(node: OnnxNode): boolean {
  const axis = node.attributes.get('axis');
  const last = node.attributes.get('select_last_index');
  const isLast = last?.type === 'int' && last.value !== 0;
  return nameOf(node) === 'ArgMax' && axis?.type === 'int' && (axis.value === 1 || axis.value === -1) && !isLast;
}

function isCut(node: OnnxNode): boolean {
  const threshold = node.attributes.get('threshold');
  return nameOf(node) === `${ML}::Binarizer` && threshold?.type === 'float' && threshold.value === 0.5;
}

function isLookUp(node: OnnxNode): boolean {
  const axis = node.attributes.get('axis');
  const isFirst = axis === undefined || (axis.type === 'int' && axis.value === 0);
  return nameOf(node) === `${ML}::ArrayFeatureExtractor` || (nameOf(node) === 'Gather' && isFirst);
}

/** The model with other outputs, without the nodes that only the former ones needed and their constants. */
function without(model: OnnxModel, surplus: ReadonlySet<OnnxNode>, outputs: OnnxModel['graph']['outputs']): OnnxModel {
  const { graph } = model;
  const needed = new Set(outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (surplus.has(node) && !node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.unshift(node);
  }
  const gone = new Set([...surplus].flatMap(({ inputs }) => inputs).filter((input) => !needed.has(input)));
  const initializers = graph.initializers.filter(({ name }) => !gone.has(name));
  return { ...model, graph: { ...graph, nodes: kept, initializers, outputs } };
}
