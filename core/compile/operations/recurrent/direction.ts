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
  const one = graph.scalar(1);
  const turned = graph.add('Transpose', [weights.input], { perm: [1, 0] });
  const projected = graph.add('Add', [graph.add('MatMul', [input, turned]), weights.inputBias]);
  const zeros = zeroState(graph, input, units);
  const turnedRecurrent = graph.add('Transpose', [weights.recurrent], { perm: [1, 0] });
  const { body, names } = stepGraph(graph, 'forward', [...stateNames(cell), 'projected']);
  const states = names.slice(0, cell.states);
  const product = body.add('MatMul', [states[0], turnedRecurrent]);
  const recurrent = body.add('Add', [product, weights.recurrentBias]);
  const step = cell.forward(body, { projected: names[cell.states], recurrent, states, one });
  const outputs = emitScan(graph, body, {
    states: states.map(() => zeros),
    sequences: [projected],
    nextStates: step.states,
    stepOutputs: [step.states[0], states[0], ...step.saved],
    reversed,
  });
  const [sequence, before, ...saved] = outputs.slice(cell.states);

  return { sequence, last: outputs[0], backward };

  function backward(gradient: { sequence?: string; last?: string }): DirectionGradients {
    const perStep = gradient.sequence === undefined ? [] : ['gradient'];
    const savedNames = saved.map((_, index) => `saved${index}`);
    const { body: back, names: inner } = stepGraph(graph, 'backward', [...stateNames(cell), ...perStep, ...savedNames]);
    const incoming = inner.slice(0, cell.states);
    const hidden = gradient.sequence ? back.add('Add', [incoming[0], inner[cell.states]]) : incoming[0];
    const seen = inner.slice(cell.states + perStep.length);
    const result = cell.backward(back, { saved: seen, gradients: [hidden, ...incoming.slice(1)], one });
    const through = back.add('MatMul', [result.recurrent, weights.recurrent]);
    const [own, ...others] = result.states;
    const nextStates = [own ? back.add('Add', [own, through]) : through, ...others.map((state) => state ?? '')];
    const gradients = emitScan(graph, back, {
      states: [gradient.last ?? zeros, ...others.map(() => zeros)],
      sequences: [...(gradient.sequence ? [gradient.sequence] : []), ...saved],
      nextStates,
      stepOutputs: [result.projected, result.recurrent],
      reversed: !reversed,
    });
    return weightGradients(gradients[cell.states], gradients[cell.states + 1]);
  }

  function weightGradients(projectedGradient: string, recurrentGradient: string): DirectionGradients {
    const rows = (value: string, size: number) => graph.add('Reshape', [value, graph.ints([-1, size])]);
    const size = cell.gates * units;
    const [projectedRows, recurrentRows] = [rows(projectedGradient, size), rows(recurrentGradient, size)];
    const inputRows = rows(input, channels(operation.inputShapes[0]));
    return {
      input: graph.add('MatMul', [projectedGradient, weights.input]),
      weights: {
        input: graph.add('Gemm', [projectedRows, inputRows], { transA: 1 }),
        recurrent: graph.add('Gemm', [recurrentRows, rows(before, units)], { transA: 1 }),
        inputBias: reduce(graph, 'ReduceSum', projectedRows, [0]),
        recurrentBias: reduce(graph, 'ReduceSum', recurrentRows, [0]),
      },
    };
  }
}

function stateNames({ states }: Cell): string[] {
  return Array.from({ length: states }, (_, index) => `state${index}`);
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
    body.outputAs(`${body.name}/output${index}`, value, DataType.float, ['batch', '']);
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
