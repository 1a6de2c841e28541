import type { Attribute, OnnxNode } from '../../onnx/model';
import type { UnrolledNodes } from './unrollLoops';

/**
 * Operators that take and give integers of 8 bits as what they stand for: `DequantizeLinear` of their inputs, the operator on
 * numbers, `QuantizeLinear` of the output (https://onnx.ai/onnx/operators/onnx__QLinearConv.html, and ONNX Runtime's own in
 * `com.microsoft`). Other rules then see what they see in a file of the QDQ form. An operator that is not known stays.
 */
export function expandQuantized({ nodes, origins }: UnrolledNodes): UnrolledNodes {
  if (!nodes.some(isExpanded)) return { nodes, origins };
  const all = new Map(origins);
  const known = new Set<string>();
  const result = nodes.flatMap((node) => {
    const expand = EXPANSIONS[operatorOf(node)];
    const expanded = expand && new Expansion(node, known).run(expand);
    if (!expanded) return [node];
    for (const each of expanded) all.set(each, origins.get(node) ?? node);
    return expanded;
  });
  return { nodes: result, origins: all };
}

function isExpanded(node: OnnxNode): boolean {
  return operatorOf(node) in EXPANSIONS;
}

function operatorOf({ domain, opType }: OnnxNode): string {
  return domain === '' ? opType : `${domain}::${opType}`;
}

/** Builds the nodes for one operator; false where it is written in a way that is not read. */
type Expand = (expansion: Expansion) => boolean;

const CHANNELS_FIRST = 0;
const COLUMNS = -1;

const EXPANSIONS: Readonly<Record<string, Expand>> = {
  QLinearConv: (e) => {
    const [x, weight] = [e.numbers(0), e.numbers(3, CHANNELS_FIRST)];
    const bias = e.input(8) === '' ? [] : [e.bias(8, 1, 4)];
    return e.rounded('Conv', [x, weight, ...bias], 6);
  },
  QLinearMatMul: (e) => e.rounded('MatMul', [e.numbers(0), e.numbers(3, COLUMNS)], 6),
  'com.microsoft::QGemm': (e) => {
    const alpha = e.attribute('alpha');
    if (alpha?.type === 'float' && alpha.value !== 1) return false;
    const turned = e.attribute('transB');
    const weight = e.numbers(3, turned?.type === 'int' && turned.value === 1 ? 0 : COLUMNS);
    const bias = e.input(6) === '' ? [] : [e.bias(6, 1, 4)];
    return e.rounded('Gemm', [e.numbers(0), weight, ...bias], 7);
  },
  'com.microsoft::QLinearAdd': (e) => e.rounded('Add', [e.numbers(0), e.numbers(3)], 6),
  'com.microsoft::QLinearMul': (e) => e.rounded('Mul', [e.numbers(0), e.numbers(3)], 6),
  'com.microsoft::QLinearSigmoid': (e) => e.rounded('Sigmoid', [e.numbers(0)], 3),
  'com.microsoft::QLinearLeakyRelu': (e) => e.rounded('LeakyRelu', [e.numbers(0)], 3),
  'com.microsoft::QLinearSoftmax': (e) => e.rounded('Softmax', [e.numbers(0)], 3, ['axis']),
  'com.microsoft::QLinearAveragePool': (e) => isChannelsFirst(e) && e.rounded('AveragePool', [e.numbers(0)], 3),
  'com.microsoft::QLinearGlobalAveragePool': (e) =>
    isChannelsFirst(e) && e.rounded('GlobalAveragePool', [e.numbers(0)], 3),
  'com.microsoft::QLinearConcat': (e) => {
    const parts = Array.from({ length: (e.node.inputs.length - 2) / 3 }, (_, part) => e.numbers(2 + 3 * part));
    return e.rounded('Concat', parts, 0);
  },
  'com.microsoft::DynamicQuantizeMatMul': (e) => {
    const [a] = e.node.inputs;
    const weight = e.weight(1, 2, 3, COLUMNS);
    const bias = e.input(4);
    return e.exact('MatMul', [a ?? '', weight]) && (bias === '' || e.exact('Add', [e.last(), bias]));
  },
};

function isChannelsFirst(e: Expansion): boolean {
  const last = e.attribute('channels_last');
  return last?.type !== 'int' || last.value === 0;
}

/** One operator on its way to several. */
class Expansion {
  private readonly made: OnnxNode[] = [];
  private isFinished = false;

  /** `known` are the values that were made of others' inputs: of one value and scale, all users see the same numbers. */
  constructor(
    readonly node: OnnxNode,
    private readonly known: Set<string>,
  ) {}

  run(expand: Expand): readonly OnnxNode[] | undefined {
    if (!expand(this) || !this.isFinished) return undefined;
    for (const { outputs } of this.made) for (const output of outputs) this.known.add(output);
    return this.made;
  }

  input(place: number): string {
    return this.node.inputs[place] ?? '';
  }

  attribute(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }

  /** The numbers of the input at `place`, behind which its scale and zero point stand. */
  numbers(place: number, axis?: number): string {
    return this.weight(place, place + 1, place + 2, axis);
  }

  weight(place: number, scale: number, zero: number, axis?: number): string {
    const inputs = [this.input(place), this.input(scale), this.input(zero)];
    const output = `${inputs[0]} as numbers by ${inputs[1]} ${inputs[2]} ${axis ?? ''}`;
    const given = axis === undefined ? [] : [['axis', { type: 'int', value: axis } as const] as const];
    if (!this.known.has(output)) this.push('DequantizeLinear', inputs, output, new Map(given));
    return output;
  }

  /** Integers of 32 bits whose scale is the product of two others. */
  bias(place: number, first: number, second: number): string {
    const scale = `${this.input(first)} times ${this.input(second)}`;
    const output = `${this.input(place)} as numbers by ${scale}`;
    if (this.known.has(output)) return output;
    if (!this.known.has(scale)) this.push('Mul', [this.input(first), this.input(second)], scale);
    this.push('DequantizeLinear', [this.input(place), scale], output, new Map([['axis', { type: 'int', value: 0 }]]));
    return output;
  }

  /** The operator on numbers, its output in integers again by the scale at `scale`; without one they stay numbers. */
  rounded(opType: string, inputs: readonly string[], scale: number, attributes?: readonly string[]): boolean {
    const [output] = this.node.outputs;
    if (!output) return false;
    const isRounded = this.input(scale) !== '';
    const exact = isRounded ? `${output} as numbers before rounding` : output;
    const kept = [...this.node.attributes].filter(([name]) => !OWN.has(name) && (attributes?.includes(name) ?? true));
    this.push(opType, inputs, exact, new Map(kept));
    if (isRounded) this.push('QuantizeLinear', [exact, this.input(scale), this.input(scale + 1)], output);
    this.isFinished = true;
    return true;
  }

  /** The operator on numbers, whose last one gives the output. */
  exact(opType: string, inputs: readonly string[]): boolean {
    const [output] = this.node.outputs;
    if (!output) return false;
    const before = this.made[this.made.length - 1];
    const follows = before !== undefined && inputs.includes(output);
    if (follows) this.made[this.made.length - 1] = { ...before, outputs: [`${output} before ${opType}`] };
    const renamed = inputs.map((input) => (follows && input === output ? `${output} before ${opType}` : input));
    this.push(opType, renamed, output);
    this.isFinished = true;
    return true;
  }

  last(): string {
    return this.node.outputs[0] ?? '';
  }

  private push(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: ReadonlyMap<string, Attribute> = new Map(),
  ): void {
    const { name, metadata } = this.node;
    const scope = metadata ? { metadata } : {};
    const last = inputs.length - 1;
    const given = inputs[last] === '' ? inputs.slice(0, last) : inputs;
    this.made.push({ name, opType, domain: '', inputs: given, outputs: [output], attributes, ...scope });
  }
}

/** Attributes of ONNX Runtime's operators that the standard's do not have. */
const OWN: ReadonlySet<string> = new Set(['channels_last', 'opset']);
