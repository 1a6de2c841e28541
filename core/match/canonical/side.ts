import type { OnnxModel } from '../../onnx/model';
import type { TensorSource } from '../../onnx/tensor';
import type { Network } from '../../shape/network';
import type { GraphNode, TensorShape } from '../graph/graph';
import { parametersOf } from '../graph/wording';
import { type WithoutLabels, withoutLabels } from '../prepare/labelOutput';
import type { MatchSideInfo } from '../report';
import { type CanonicalGraph, canonicalize } from './canonical';
import { type Head, takeHead, takeSqueeze } from './head';
import { isChannelsLast } from './inputLayout';
import { canonicalOrder } from './order';

/** One side of a match as it comes: the model of a file, or of a scheme's intended graph (then with its network). */
export interface MatchSide {
  readonly file: string;
  readonly model: OnnxModel;
  readonly source: TensorSource;
  readonly network?: Network;
  /** Lines of the scheme, counted from 1, on which its layers begin, by name. */
  readonly lines?: ReadonlyMap<string, number>;
}

/** One side in canonical form. */
export interface PreparedSide extends MatchSide {
  readonly canonical: CanonicalGraph;
  /** The canonical nodes in canonical order; alignments count in it. */
  readonly order: readonly GraphNode[];
  /** What stands behind the output of the other side's scheme was taken off. */
  readonly head?: Head;
  /** Its output has no axis for the one number that it is. */
  readonly isSqueezed?: true;
  /** Outputs that name the classes were taken off; `model` is without them. */
  readonly labels?: WithoutLabels;
}

/**
 * Brings both sides to canonical form. Sizes that one side leaves open come from the other. Against a scheme, what belongs to
 * serving is taken off the file's graph: the normalisation in front, the softmax behind.
 */
export function prepareSides(intended: MatchSide, exported: MatchSide, commute: boolean): [PreparedSide, PreparedSide] {
  // Of two sequences each is the other one transposed: one of them stays, a scheme's graph always.
  const moves = !exported.network && isTransposed(exported.model, intended.model);
  return [
    prepare(intended, exported, commute, moves || intended.network !== undefined),
    prepare(exported, intended, commute, exported.network !== undefined),
  ];
}

function isTransposed(model: OnnxModel, other: OnnxModel): boolean {
  const [shape] = inputShapes(model);
  return shape !== undefined && isChannelsLast(shape, inputShapes(other)[0]);
}

function prepare(whole: MatchSide, other: MatchSide, commute: boolean, keepsLayout: boolean): PreparedSide {
  const labels = whole.network ? undefined : withoutLabels(whole.model, whole.source);
  const side = labels ? { ...whole, model: labels.model } : whole;
  const network = side.network ? undefined : other.network;
  const shapes = inputShapes(other.model);
  // Of two schemes, what goes in is what somebody changed.
  const picture = side.network && other.network ? undefined : shapes[0];
  const canonical = canonicalize(side.model, side.source, {
    commute,
    keepsLayout,
    inputShapes: shapes,
    ...(picture ? { picture: { shape: picture, isScheme: other.network !== undefined } } : {}),
    takeNormalization: network !== undefined && network.scheme.data.normalize !== 'none',
  });
  const isSqueezed = network && takeSqueeze(canonical.graph, network);
  const head = network && takeHead(canonical.graph, network);
  const settled = network ? { ...canonical, nodes: canonical.graph.ordered() } : canonical;
  return {
    ...side,
    canonical: settled,
    order: canonicalOrder(settled),
    ...(head ? { head } : {}),
    ...(isSqueezed ? { isSqueezed } : {}),
    ...(labels ? { labels } : {}),
  };
}

function inputShapes(model: OnnxModel): (TensorShape | undefined)[] {
  const initializers = new Set(model.graph.initializers.map((tensor) => tensor.name));
  return model.graph.inputs.filter((input) => !initializers.has(input.name)).map((input) => input.shape);
}

export function sideInfo(side: PreparedSide): MatchSideInfo {
  const { model } = side;
  const opset = model.opsetImports.get('');
  const producer = [model.producerName, model.producerVersion].filter((text) => text !== '').join(' ');
  return {
    file: side.file,
    kind: side.network ? 'scheme' : 'onnx',
    nodes: model.graph.nodes.length,
    parameters: side.network?.parameters ?? parametersOf(side.order, side.canonical.graph),
    ...(side.network || !producer ? {} : { producer }),
    ...(side.network || opset === undefined ? {} : { opset }),
  };
}

/** How a file is quantised: `fixed` to ranges that were measured, or `dynamic`, by what comes; `undefined` if it is not. */
export function quantizationOfSide({ order }: PreparedSide): 'fixed' | 'dynamic' | undefined {
  const rules = new Set(order.flatMap((node) => node.applied.map(({ name }) => name)));
  if (rules.has('quantized-values') || order.some(({ op }) => op === 'QuantizeLinear')) return 'fixed';
  const isStored = order.some((node) => [...node.parameters.values()].some((each) => each.storedAs !== undefined));
  return rules.has('quantized-product') || isStored ? 'dynamic' : undefined;
}
