import { t } from '../../l10n';
import { nearly, scalar } from '../graph/constants';
import { floatAttribute, type GraphNode, type MatchGraph } from '../graph/graph';
import { isClosed, otherInput, squareOf, withScalar } from '../graph/pattern';
import { isActivation, isClip } from './activation';
import type { Rule } from './rule';

/** What a pattern of several operators comes to: the input, the nodes in order (the given one last) and the activation. */
export interface Composed {
  readonly input: string;
  readonly nodes: readonly GraphNode[];
  readonly activation: string;
  readonly alpha?: number;
}

/** The rule of an activation that is written as several operators. */
export function composed(
  name: string,
  operators: readonly string[],
  find: (node: GraphNode, graph: MatchGraph) => Composed | undefined,
): Rule {
  return {
    name,
    operators,
    apply(node, graph) {
      const found = find(node, graph);
      if (!found || !isClosed(found.nodes, graph)) return false;
      const { activation, alpha } = found;
      graph.replace(
        found.nodes,
        {
          op: 'activation',
          inputs: [found.input],
          settings: { activation, ...(alpha !== undefined ? { alpha } : {}) },
        },
        {
          name,
          message: t('{0} written as {1}', activation, found.nodes.map((part) => part.origin[0]?.opType).join(', ')),
        },
      );
      return true;
    },
  };
}

/**
 * SiLU: `Sigmoid, Mul` (PyTorch).
 *
 * Near miss: the sigmoid of another value, a gate.
 */
export const silu = composed('silu-composed', ['Mul', 'multiply'], (node, graph) => {
  for (const value of node.inputs) {
    const gate = graph.producer(otherInput(node, value));
    if (isActivation(gate, 'sigmoid') && gate.inputs[0] === value) {
      return { input: value, nodes: [gate, node], activation: 'silu' };
    }
  }
  return undefined;
});

/**
 * Hard swish before opset 14: `HardSigmoid(1/6, 0.5), Mul` (PyTorch), or `Add 3, Clip(0, 6), Mul 1/6, Mul`, the factors in
 * either order (tf2onnx).
 *
 * Near miss: `HardSigmoid` with ONNX's default alpha of 0.2.
 */
export const hardSwish = composed('hard-swish-composed', ['Mul', 'multiply', 'Div'], (node, graph) => {
  for (const value of node.inputs) {
    const gate = graph.producer(otherInput(node, value));
    if (
      gate?.op === 'HardSigmoid' &&
      gate.inputs[0] === value &&
      nearly(floatAttribute(gate, 'alpha', 0.2), 1 / 6) &&
      nearly(floatAttribute(gate, 'beta', 0.5), 0.5)
    ) {
      return { input: value, nodes: [gate, node], activation: 'hard_swish' };
    }
  }
  const product = graph.producer(sixth(node, graph));
  return product ? shiftedAndClipped(product, [product, node], graph) : sixthFirst(node, graph);
});

/** `x * (clip(x + 3) / 6)`. */
function sixthFirst(node: GraphNode, graph: MatchGraph): Composed | undefined {
  for (const value of node.inputs) {
    const gate = graph.producer(otherInput(node, value));
    const clip = gate && graph.producer(sixth(gate, graph));
    const shift = clip && shiftOf(clip, value, graph);
    if (gate && clip && shift) return { input: value, nodes: [shift, clip, gate, node], activation: 'hard_swish' };
  }
  return undefined;
}

function sixth(node: GraphNode, graph: MatchGraph): string | undefined {
  return withScalar(node, 'Mul', graph, 1 / 6) ?? withScalar(node, 'Div', graph, 6);
}

function shiftedAndClipped(product: GraphNode, rest: readonly GraphNode[], graph: MatchGraph): Composed | undefined {
  if (product.op !== 'Mul' && product.op !== 'multiply') return undefined;
  for (const value of product.inputs) {
    const clip = graph.producer(otherInput(product, value));
    const shift = clip && shiftOf(clip, value, graph);
    if (clip && shift) return { input: value, nodes: [shift, clip, ...rest], activation: 'hard_swish' };
  }
  return undefined;
}

/** The `value + 3` that is clipped between 0 and 6. */
function shiftOf(clip: GraphNode, value: string, graph: MatchGraph): GraphNode | undefined {
  const isBounded = isClip(clip, graph, 0, 6) || isActivation(clip, 'relu6');
  const shift = isBounded ? graph.producer(clip.inputs[0]) : undefined;
  return withScalar(shift, 'Add', graph, 3) === value ? shift : undefined;
}

/**
 * GELU before opset 20: `Div sqrt2, Erf, Add 1, Mul x, Mul 0.5` (PyTorch), the factors in any order.
 *
 * Near miss: the tanh approximation, another function; the sum with another number than 1.
 */
export const gelu = composed('gelu-composed', ['Mul', 'multiply'], (node, graph) => {
  const half = withScalar(node, 'Mul', graph, 0.5);
  const product = graph.producer(half);
  if (product && (product.op === 'Mul' || product.op === 'multiply')) {
    for (const value of product.inputs) {
      const error = errorFunction(otherInput(product, value), value, graph);
      if (error) return { input: value, nodes: [...error, product, node], activation: 'gelu' };
    }
  }
  return geluWithHalvedFactor(node, graph);
});

/**
 * GELU by tanh before opset 20: `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x ** 3)))`, the cube as a power (dynamo) or as
 * products (TorchScript), the factors in any order.
 *
 * Near miss: GELU by the error function, another function; another factor of the cube.
 */
export const geluByTanh = composed('gelu-tanh-composed', ['Mul', 'multiply'], (node, graph) => {
  const factors = factorsOf(node, graph);
  const half = factors.find(({ number }) => nearly(number, 0.5));
  const values = factors.filter(({ number }) => number === undefined);
  if (!half || factors.length !== 3 || values.length !== 2) return undefined;
  for (const [place, { value }] of values.entries()) {
    const inner = onePlusTanh(values[1 - place]!.value, value, graph);
    if (inner) return { input: value, nodes: [...inner, ...half.nodes, node], activation: 'gelu_tanh' };
  }
  return undefined;
});

interface Factor {
  readonly value: string;
  /** For a constant. */
  readonly number: number | undefined;
  /** The products between the factor and the whole. */
  readonly nodes: readonly GraphNode[];
}

/** The factors of a product of up to three, one of them within another product. */
function factorsOf(node: GraphNode, graph: MatchGraph): Factor[] {
  const own = (of: GraphNode, nodes: readonly GraphNode[]): Factor[] =>
    of.inputs.map((value) => ({ value, number: scalar(graph.constant(value)), nodes }));
  const factors = own(node, []);
  const inner = factors.flatMap(({ value }, place) => {
    const producer = graph.producer(value);
    if (producer?.op !== 'Mul' && producer?.op !== 'multiply') return [];
    const parts = own(producer, [producer]);
    return parts.some(({ number }) => nearly(number, 0.5)) || nearly(factors[1 - place]?.number, 0.5)
      ? [{ place, parts }]
      : [];
  });
  const [split] = inner;
  return split
    ? [
        ...split.parts,
        ...factors.filter((_, place) => place !== split.place).map((f) => ({ ...f, nodes: split.parts[0]!.nodes })),
      ]
    : factors;
}

/** The nodes of `1 + tanh(sqrt(2 / pi) (x + 0.044715 x ** 3))`. */
function onePlusTanh(value: string, input: string, graph: MatchGraph): GraphNode[] | undefined {
  const sum = graph.producer(value);
  const tanh = graph.producer(withScalar(sum, 'Add', graph, 1));
  const scaled = isActivation(tanh, 'tanh') ? graph.producer(tanh.inputs[0]) : undefined;
  const cubic = graph.producer(nearlyScaled(scaled, graph, Math.sqrt(2 / Math.PI)));
  const other = cubic && (cubic.op === 'Add' || cubic.op === 'add') ? otherInput(cubic, input) : undefined;
  const weighted = graph.producer(other);
  const cube = graph.producer(nearlyScaled(weighted, graph, 0.044715));
  const power = cube && cubeOf(cube, input, graph);
  return sum && tanh && scaled && cubic && weighted && power
    ? [...power, weighted, cubic, scaled, tanh, sum]
    : undefined;
}

/** The other factor, where a constant one is the number, as float32 arithmetic of exporters has it. */
function nearlyScaled(node: GraphNode | undefined, graph: MatchGraph, number: number): string | undefined {
  if (node?.op !== 'Mul') return undefined;
  for (const value of node.inputs) {
    const factor = scalar(graph.constant(otherInput(node, value)));
    if (factor !== undefined && Math.abs(factor - number) <= 1e-6 * number) return value;
  }
  return undefined;
}

/** The nodes of `x ** 3` or `x (x x)`. */
function cubeOf(node: GraphNode, input: string, graph: MatchGraph): GraphNode[] | undefined {
  if (withScalar(node, 'Pow', graph, 3) === input) return [node];
  const square = node.op === 'multiply' || node.op === 'Mul' ? graph.producer(otherInput(node, input)) : undefined;
  return square && squareOf(square, graph) === input ? [square, node] : undefined;
}

/** `(x * 0.5) * (1 + erf(x / sqrt2))` and `x * (0.5 * (1 + erf(x / sqrt2)))`: newer exporters halve one factor first. */
function geluWithHalvedFactor(node: GraphNode, graph: MatchGraph): Composed | undefined {
  for (const value of node.inputs) {
    const halved = graph.producer(value);
    const whole = withScalar(halved, 'Mul', graph, 0.5);
    const other = otherInput(node, value);
    if (!halved || !whole || !other) continue;
    const besideInput = errorFunction(other, whole, graph);
    if (besideInput) return { input: whole, nodes: [halved, ...besideInput, node], activation: 'gelu' };
    const inHalf = errorFunction(whole, other, graph);
    if (inHalf) return { input: other, nodes: [...inHalf, halved, node], activation: 'gelu' };
  }
  return undefined;
}

/** The nodes of `1 + erf(x / sqrt2)`. */
function errorFunction(value: string | undefined, input: string, graph: MatchGraph): GraphNode[] | undefined {
  const sum = graph.producer(value);
  const error = graph.producer(withScalar(sum, 'Add', graph, 1));
  const scaled = error?.op === 'Erf' ? graph.producer(error.inputs[0]) : undefined;
  const from = withScalar(scaled, 'Div', graph, Math.SQRT2) ?? withScalar(scaled, 'Mul', graph, Math.SQRT1_2);
  return sum && error && scaled && from === input ? [scaled, error, sum] : undefined;
}

/**
 * Mish: `Softplus, Tanh, Mul` (TorchScript, tf2onnx).
 *
 * Near miss: the tanh of the softplus of another value.
 */
export const mish = composed('mish-composed', ['Mul', 'multiply'], (node, graph) => {
  for (const value of node.inputs) {
    const tanh = graph.producer(otherInput(node, value));
    const softplus = isActivation(tanh, 'tanh') ? graph.producer(tanh.inputs[0]) : undefined;
    if (tanh && isActivation(softplus, 'softplus') && softplus.inputs[0] === value) {
      return { input: value, nodes: [softplus, tanh, node], activation: 'mish' };
    }
  }
  return undefined;
});

/**
 * Softplus as the dynamo exporter writes it: `Softplus, Greater 20, Where`, which hands large values on; the difference
 * at 20 is 2e-9.
 *
 * Near miss: a threshold below 15, where float32 shows the difference.
 */
export const softplusWithThreshold = composed('softplus-composed', ['Where'], (node, graph) => {
  const [condition, straight, curved] = node.inputs;
  const greater = graph.producer(condition);
  const softplus = graph.producer(curved);
  const threshold = scalar(graph.constant(greater?.inputs[1]));
  if (!straight || greater?.op !== 'Greater' || !isActivation(softplus, 'softplus')) return undefined;
  if (greater.inputs[0] !== straight || softplus.inputs[0] !== straight) return undefined;
  if (threshold === undefined || threshold < 15) return undefined;
  return { input: straight, nodes: [softplus, greater, node], activation: 'softplus' };
});

/**
 * Leaky relu as `max(x, a x)` with a slope below 1.
 *
 * Near miss: a slope above 1, for which the maximum is the other branch.
 */
export const leakyReluAsMaximum = composed('leaky-relu-composed', ['Max'], (node, graph) => {
  for (const value of node.inputs) {
    const product = graph.producer(otherInput(node, value));
    const alpha = product?.op === 'Mul' ? scalar(graph.constant(otherInput(product, value))) : undefined;
    if (product && alpha !== undefined && alpha >= 0 && alpha < 1) {
      return { input: value, nodes: [product, node], activation: 'leaky_relu', alpha };
    }
  }
  return undefined;
});
