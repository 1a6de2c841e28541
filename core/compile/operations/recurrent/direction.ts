import { GraphBuilder } from '../../../onnx/builder';
import { DataType } from '../../../onnx/model';
import type { Recurrent } from '../../../shape/network';
import { channels } from '../../layout';
import { reduce } from '../../reductions';
import type { Cell } from './cell';

/** The weights of one direction: `[gates * units, features]`, `[gates * units, units]`, and two biases `[gates * units]`. */
export interface DirectionWeights {
  readonly input: string;
  readonly recurrent: string;
  readonly inputBias: string;
  readonly recurrentBias: string;
}

export interface DirectionRun {
  /** `[length, batch, units]` */
  readonly sequence: string;
  /** `[batch, units]`, after the direction's last step. */
  readonly last: string;
  /** Emits the gradients, given that of the sequence or that of the last state. */
  backward(gradient: { readonly sequence?: string; readonly last?: string }): DirectionGradients;
}

export interface DirectionGradients {
  /** `[length, batch, features]` */
  readonly input: string;
  readonly weights: DirectionWeights;
}

/** Runs a cell over `[length, batch, features]`, from zeros; `reversed` from the last position to the first. */
export function runDirection(
  graph: GraphBuilder,
  operation: Recurrent,
  cell: Cell,
  input: string,
  weights: DirectionWeights,
  reversed: boolean,
): DirectionRun {
  const { units } = operation;
  const inputRows = rows(input, channels(operation.inputShapes[0]));
  const zeros = zeroState(graph, input, units);
  const run = runForward();
  const before = run.states.map((sequence) => previous(graph, sequence, reversed));

  return { sequence: run.states[0], last: run.last, backward };

  /** The steps of all sequences one below the other. */
  function rows(value: string, size: number): string {
    return graph.add('Reshape', [value, graph.ints([-1, size])]);
  }

  function sequenceDims(size: number): string {
    const [length] = operation.inputShapes[0];
    return graph.ints([length, -1, size]);
  }

  function runForward() {
    const { inputBias, recurrentBias } = weights;
    const bias = cell.sumsProducts ? graph.add('Add', [inputBias, recurrentBias]) : inputBias;
    const product = graph.add('Gemm', [inputRows, weights.input, bias], { transB: 1 });
    const projected = graph.add('Reshape', [product, sequenceDims(cell.gates * units)]);
    const { body, names } = stepGraph(graph, 'forward', [...stateNames(cell), 'projected']);
    const states = names.slice(0, cell.states);
    const step = cell.forward(body, {
      projected: names[cell.states],
      product: (plus) => body.add('Gemm', [states[0], weights.recurrent, plus], { transB: 1 }),
      recurrentBias,
      states,
    });
    const outputs = emitScan(graph, body, {
      states: states.map(() => zeros),
      sequences: [projected],
      nextStates: step.states,
      stepOutputs: [...step.states, ...step.saved],
      reversed,
    });
    const sequences = outputs.slice(cell.states);
    return { last: outputs[0], states: sequences.slice(0, cell.states), saved: sequences.slice(cell.states) };
  }

  function backward(gradient: { sequence?: string; last?: string }): DirectionGradients {
    const prepared = cell.prepareBackward(graph, { ...run, before });
    const given = gradient.sequence === undefined ? [] : [gradient.sequence];
    const inputs = [...stateNames(cell), ...[...given, ...prepared.perStep].map((_, index) => `sequence${index}`)];
    const { body, names } = stepGraph(graph, 'backward', inputs);
    const incoming = names.slice(0, cell.states);
    const hidden = given.length > 0 ? body.add('Add', [incoming[0], names[cell.states]]) : incoming[0];
    const perStep = names.slice(cell.states + given.length);
    const result = prepared.step(body, perStep, [hidden, ...incoming.slice(1)]);
    const [own, ...others] = result.states;
    const through = own
      ? body.add('Gemm', [result.recurrent, weights.recurrent, own])
      : body.add('MatMul', [result.recurrent, weights.recurrent]);
    const outputs = emitScan(graph, body, {
      states: [gradient.last ?? zeros, ...others.map(() => zeros)],
      sequences: [...given, ...prepared.perStep],
      nextStates: [through, ...others.map((state) => state ?? '')],
      stepOutputs: cell.sumsProducts ? [result.recurrent] : [result.recurrent, hidden],
      reversed: !reversed,
    });
    const [recurrent, hiddenSequence] = outputs.slice(cell.states);
    return weightGradients(prepared.projected(graph, recurrent, hiddenSequence), recurrent);
  }

  /** Over each step's samples first: quicker than all at once, and closer. */
  function sumOfSteps(sequence: string): string {
    return reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', sequence, [1]), [0]);
  }

  function weightGradients(projectedGradient: string, recurrentGradient: string): DirectionGradients {
    const size = cell.gates * units;
    const [projectedRows, recurrentRows] = [rows(projectedGradient, size), rows(recurrentGradient, size)];
    return {
      input: graph.add('MatMul', [projectedGradient, weights.input]),
      weights: {
        input: graph.add('Gemm', [projectedRows, inputRows], { transA: 1 }),
        recurrent: graph.add('Gemm', [recurrentRows, rows(before[0], units)], { transA: 1 }),
        inputBias: sumOfSteps(projectedGradient),
        recurrentBias: sumOfSteps(recurrentGradient),
      },
    };
  }
}

function stateNames({ states }: Cell): string[] {
  return Array.from({ length: states }, (_, index) => `state${index}`);
}

/** What each position had before it: the sequence one position later, with zeros where it starts. */
function previous(graph: GraphBuilder, sequence: string, reversed: boolean): string {
  return graph.add('Pad', [sequence, graph.ints(reversed ? [-1, 0, 0, 1, 0, 0] : [1, 0, 0, -1, 0, 0])]);
}

/** `[batch, units]` of zeros. */
function zeroState(graph: GraphBuilder, input: string, units: number): string {
  const batch = graph.add('Slice', [graph.add('Shape', [input]), graph.ints([1]), graph.ints([2])]);
  return graph.add('ConstantOfShape', [graph.add('Concat', [batch, graph.ints([units])], { axis: 0 })]);
}

/** A graph for Scan's body, whose names are its own. */
function stepGraph(graph: GraphBuilder, hint: string, inputs: readonly string[]) {
  const name = graph.fresh(hint);
  const body = new GraphBuilder(name, graph.opset);
  body.scope = name;
  const names = inputs.map((input) => body.input(`${name}/${input}`, DataType.float, ['batch', '']));
  return { body, names };
}

interface ScanParts {
  readonly states: readonly string[];
  readonly sequences: readonly string[];
  readonly nextStates: readonly string[];
  /** Values of the body that become sequences. */
  readonly stepOutputs: readonly string[];
  readonly reversed: boolean;
}

/** Returns the last states, then the sequences, in the order of positions whatever the direction. */
function emitScan(graph: GraphBuilder, body: GraphBuilder, parts: ScanParts): readonly string[] {
  const { states, sequences, nextStates, stepOutputs, reversed } = parts;
  for (const [index, value] of [...nextStates, ...stepOutputs].entries()) {
    const isTaken = [...body.inputs, ...body.outputs].some(({ name }) => name === value);
    if (isTaken) body.outputAs(`${body.name}/output${index}`, value, DataType.float, ['batch', '']);
    else body.output(value, DataType.float, ['batch', '']);
  }
  const outputs = [...nextStates, ...stepOutputs].map(() => graph.fresh('scan'));
  const direction = (values: readonly string[]) => values.map(() => (reversed ? 1 : 0));
  return graph.addMany('Scan', [...states, ...sequences], outputs, {
    body: { type: 'graph', value: body.graph() },
    num_scan_inputs: sequences.length,
    scan_input_directions: direction(sequences),
    scan_output_directions: direction(stepOutputs),
  });
}
