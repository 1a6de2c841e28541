import { canonicalize } from '../../../core/match/canonical/canonical';
import type { MatchSide } from '../../../core/match/canonical/side';
import { compareSides, isAlike } from '../../../core/match/compare/compare';
import type { GraphNode } from '../../../core/match/graph/graph';
import type { LayerVerdict } from '../../../core/match/report';
import { parseModel } from '../../../core/onnx/parseText';

/**
 * A graph from its nodes alone: `x` is a 4 x 4 picture of two channels in a free batch, `y` the output, and whatever else is
 * named and not produced has to be declared among `constants`.
 */
export function graphText(nodes: string, constants = '', input = 'float[batch,2,4,4] x', opset = 17): string {
  const initializers = constants ? ` <${constants}>` : '';
  return `<opset_import: ["" : ${opset}]> g (${input}) => (float y)${initializers} {\n${nodes}\n}`;
}

/** The canonical operators in order, `conv` and so on as the file has them where no rule read them. */
export function operators(text: string, commute = false): string[] {
  return canonicalNodes(text, commute).map((node) => (node.normalization ? `${node.op}+batch_normalization` : node.op));
}

export function canonicalNodes(text: string, commute = false): readonly GraphNode[] {
  return canonicalize(parseModel(text), {}, { commute }).nodes;
}

/** Names of the rules that were used. */
export function rulesUsed(text: string): string[] {
  return canonicalNodes(text).flatMap((node) => node.applied.map((rule) => rule.name));
}

export function side(text: string, file = 'model.onnx'): MatchSide {
  return { file, model: parseModel(text), source: {} };
}

/** What is different between two graphs: `name:status key`. */
export function differences(intended: string, exported: string): string[] {
  const { rows } = compareSides(side(intended), side(exported));
  return rows.filter((row) => !isAlike([row])).map(summary);
}

export function alike(intended: string, exported: string): boolean {
  return isAlike(compareSides(side(intended), side(exported)).rows);
}

function summary({ name, status, reasons }: LayerVerdict): string {
  const keys = reasons.filter(({ kind }) => kind === 'different').map(({ key }) => key);
  return `${name}: ${[status, ...keys].join(' ')}`;
}
