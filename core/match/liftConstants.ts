import type { Constant } from './constants';
import { isFloat } from './constants';
import { type GraphNode, isKnown, type MatchGraph, type Setting } from './graph';

/** Integers of at most this many elements are structure: axes, sizes, indices. */
const MOST_STRUCTURE = 64;

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
    node.inputs.forEach((input, place) => {
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

function structureOf(constant: Constant): Setting | undefined {
  const count = constant.shape.reduce((product, size) => product * size, 1);
  if (count > MOST_STRUCTURE || (isFloat(constant.dataType) && count !== 1)) return undefined;
  const values = constant.values();
  if (!values) return undefined;
  return count === 1 && constant.shape.length === 0 ? values[0]! : Array.from(values);
}
