import { elementCount, type NumberArray } from '../../onnx/tensor';
import type { Constant } from '../graph/constants';
import { isFloat } from '../graph/constants';
import { type GraphNode, isKnown, type MatchGraph, type Setting } from '../graph/graph';
import { isCommutative } from './order';

/** Longer lists of integers are compared by a digest. */
const LONGEST_LIST = 64;

/**
 * Constants among the inputs of operators that no rule has read: one number, and integers, are part of what the operator
 * does and become settings (`input 1`), also when they were worked out from shapes; other floats are weights and become parameters.
 */
export function liftConstants(graph: MatchGraph): void {
  for (const node of graph.ordered()) {
    if (!node.inputs.some((input) => graph.constant(input) || isKnown(graph.integers.get(input)))) continue;
    const settings: Record<string, Setting> = { ...node.settings };
    const parameters = new Map<string, Constant>(node.parameters);
    const inputs: string[] = [];
    inOrder(node, graph).forEach((input, place) => {
      const constant = graph.constant(input);
      const integers = graph.integers.get(input);
      if (!constant && isKnown(integers)) {
        settings[`input ${place}`] = integers;
        return;
      }
      if (!constant) {
        inputs.push(input);
        return;
      }
      const role = `input ${place}`;
      const structure = structureOf(constant);
      if (structure === undefined) parameters.set(role, constant);
      else settings[role] = structure;
    });
    const lifted: GraphNode = graph.replace([node], { ...node, inputs, settings, parameters });
    lifted.applied.splice(0, lifted.applied.length, ...node.applied);
  }
}

/** Of a sum or product, constants come last, wherever they stood. */
function inOrder(node: GraphNode, graph: MatchGraph): readonly string[] {
  if (!isCommutative(node)) return node.inputs;
  const isConstant = (input: string): boolean => graph.constant(input) !== undefined;
  return [...node.inputs.filter((input) => !isConstant(input)), ...node.inputs.filter(isConstant)];
}

function structureOf(constant: Constant): Setting | undefined {
  const count = elementCount(constant.shape);
  if (isFloat(constant.dataType) && count !== 1) return undefined;
  const values = constant.values();
  if (!values) return isFloat(constant.dataType) ? undefined : 'unreadable';
  if (constant.shape.length === 0 || (isFloat(constant.dataType) && constant.shape.length === 1)) return values[0]!;
  return count <= LONGEST_LIST ? Array.from(values) : digest(values, constant.shape);
}

/** Two 32-bit hashes (FNV-1a, and the same with another prime) of a long list's values, with its shape. */
function digest(values: NumberArray, shape: readonly number[]): string {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (const value of values) {
    first = Math.imul(first ^ (value | 0), 0x01000193);
    second = Math.imul(second ^ (value | 0) ^ Math.floor(value / 2 ** 32), 0x85ebca6b);
  }
  return `${shape.join(' x ')} #${(first >>> 0).toString(16)}${(second >>> 0).toString(16)}`;
}
