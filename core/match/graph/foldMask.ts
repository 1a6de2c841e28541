import { DataType } from '../../onnx/model';
import { elementCount, type NumberArray, tensorValues } from '../../onnx/tensor';
import { type Constant, computedConstant } from './constants';
import { broadcastIndex, MOST_ELEMENTS } from './foldArithmetic';
import { type GraphNode, intAttribute, isKnown, type MatchGraph } from './graph';
import { knownIntegers } from './integers';
import { broadcastShapes } from './shapeArithmetic';

type Operation = (a: number, b: number, c: number) => number;

/** Elementwise on constants; a mask is made of these. What is true is 1. */
const MASKING: Readonly<Record<string, Elementwise>> = {
  Equal: [(a, b) => Number(a === b), DataType.bool],
  Greater: [(a, b) => Number(a > b), DataType.bool],
  GreaterOrEqual: [(a, b) => Number(a >= b), DataType.bool],
  Less: [(a, b) => Number(a < b), DataType.bool],
  LessOrEqual: [(a, b) => Number(a <= b), DataType.bool],
  And: [(a, b) => Number(a !== 0 && b !== 0), DataType.bool],
  Or: [(a, b) => Number(a !== 0 || b !== 0), DataType.bool],
  Not: [(a) => Number(a === 0), DataType.bool],
  Where: [(condition, a, b) => (condition !== 0 ? a : b), undefined],
  Expand: [(a) => a, undefined],
};

/** What is done to the integers that masks are made of. */
const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  ...MASKING,
  Add: [(a, b) => a + b, undefined],
  Sub: [(a, b) => a - b, undefined],
  Mul: [(a, b) => a * b, undefined],
};

/** Masks that a graph makes out of constants are constants: `Trilu`, comparisons and `Where` on them, `Expand`. */
export function foldMask(node: GraphNode, graph: MatchGraph, output: string): void {
  if (node.op === 'Trilu') foldTriangle(node, graph, output);
  else if (node.op === 'ConstantOfShape') foldFilled(node, graph, output);
  else if (MASKING[node.op]) foldElementwise(node, graph, output);
}

/** Of integers that were followed; what else is made of them is followed as well. */
const COMPARISONS = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);

type Elementwise = readonly [operation: Operation, dataType: DataType | undefined];

function foldElementwise(node: GraphNode, graph: MatchGraph, output: string): void {
  const target = node.op === 'Expand' ? graph.integers.get(node.inputs[1] ?? '') : [];
  const operands = (node.op === 'Expand' ? node.inputs.slice(0, 1) : node.inputs).map(
    (input) => graph.constant(input) ?? (COMPARISONS.has(node.op) ? knownIntegers(input, graph) : undefined),
  );
  if (operands.includes(undefined) || !isKnown(target)) return;
  // Of a damaged file.
  if (node.op === 'Where' && operands.length !== 3) return;
  const folded = foldOperator(node.op, operands as readonly Constant[], target);
  if (folded) graph.constants.set(output, folded);
}

/** What an elementwise operator makes of constants; `target`: what an `Expand` expands to. */
export function foldOperator(
  operator: string,
  constants: readonly Constant[],
  target: readonly number[] = [],
): Constant | undefined {
  const [operation, dataType] = ELEMENTWISE[operator] ?? [];
  const shape = broadcastShapes([...constants.map((constant) => constant.shape), target]);
  if (!operation || !isKnown(shape)) return undefined;
  const type = dataType ?? constants[operator === 'Where' ? 1 : 0]!.dataType;
  return computedConstant(shape, type, () => elementwise(operation, constants, shape));
}

function elementwise(
  operation: Operation,
  constants: readonly Constant[],
  shape: readonly number[],
): NumberArray | undefined {
  const operands = constants.map((constant) => constant.values());
  if (operands.includes(undefined) || elementCount(shape) > MOST_ELEMENTS) return undefined;
  const [a, b, c] = constants.map(({ shape: own }, place) => elementsOf(operands[place]!, own, shape));
  const result = new Float64Array(elementCount(shape));
  for (let i = 0; i < result.length; i++) result[i] = operation(a?.(i) ?? 0, b?.(i) ?? 0, c?.(i) ?? 0);
  return result;
}

/** What stands at each place of a shape that the values are spread over. */
function elementsOf(values: NumberArray, own: readonly number[], shape: readonly number[]): (index: number) => number {
  const at = broadcastIndex(own, shape);
  return (index) => values[at(index)]!;
}

/** What `Trilu` leaves of a constant: the triangle below the diagonal, or above. */
function foldTriangle(node: GraphNode, graph: MatchGraph, output: string): void {
  const constant = graph.constant(node.inputs[0]);
  const shift = node.inputs[1] ? graph.integers.get(node.inputs[1])?.[0] : 0;
  if (!constant || constant.shape.length < 2 || typeof shift !== 'number') return;
  const [rows, columns] = constant.shape.slice(-2) as [number, number];
  const upper = intAttribute(node, 'upper', 1) === 1;
  const values = () =>
    constant.values()?.map((value, index) => {
      const distance = (index % columns) - (Math.floor(index / columns) % rows);
      return (upper ? distance >= shift : distance <= shift) ? value : 0;
    });
  graph.constants.set(output, computedConstant(constant.shape, constant.dataType, values));
}

function foldFilled(node: GraphNode, graph: MatchGraph, output: string): void {
  const shape = graph.integers.get(node.inputs[0] ?? '');
  const value = node.attributes.get('value');
  if (!isKnown(shape) || (value && value.type !== 'tensor')) return;
  const tensor = value?.type === 'tensor' ? value.value : undefined;
  const element = tensor ? tensorValues(tensor)?.[0] : 0;
  if (element === undefined) return;
  const type = tensor?.dataType ?? DataType.float;
  graph.constants.set(
    output,
    computedConstant(shape, type, () =>
      elementCount(shape) <= MOST_ELEMENTS ? new Float64Array(elementCount(shape)).fill(element) : undefined,
    ),
  );
}
