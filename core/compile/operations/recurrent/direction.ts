import { GraphBuilder } from '../../../onnx/builder';
import { DataType } from '../../../onnx/model';
import type { Recurrent } from '../../../shape/network';
import { channels } from '../../layout';
import type { Cell } from './cell';
import { type DirectionGradients, type DirectionWeights, joinedProducts, separateProducts } from './products';

export interface DirectionRun {
  /** The hidden states, `[length, units, batch]`. */
  readonly sequence: string;
  /** `[units, batch]`, after the direction's last step. */
  readonly last: string;
  /** Emits the gradients, that of the input if wanted, given that of the sequence or that of the last state. */
  backward(gradient: { readonly sequence?: string; readonly last?: string }, wanted: boolean): DirectionGradients;
}

/** Runs a cell over `[length, features, batch]`, from zeros; `reversed` from the last position to the first. */
export function runDirection(
  graph: GraphBuilder,
  operation: Recurrent,
  cell: Cell,
  input: string,
  weights: DirectionWeights,
  reversed: boolean,
): DirectionRun {
  const { units, inputShapes } = operation;
  const widths = { features: channels(inputShapes[0]), units, product: cell.gates * units };
  const products = cell.sumsProducts
    ? joinedProducts(graph, input, weights, widths)
    : separateProducts(graph, input, weights, widths);
  const zeros = zeroState(graph, input, units);
  const run = runForward();
  return { sequence: run.hidden, last: run.last, backward };

  function runForward() {
    const { body, names } = stepGraph(graph, 'forward', [...stateNames(cell), 'part']);
    const states = names.slice(0, cell.states);
    const { values, operand } = products.forward(body, names[cell.states], states[0]);
    const step = cell.forward(body, { products: values, states });
    const outputs = emitScan(graph, body, {
      states: states.map(() => zeros),
      sequences: [products.sequence],
      nextStates: step.states,
      stepOutputs: [step.states[0], operand, ...step.saved],
      reversed,
    });
    const [hidden, operands, ...saved] = outputs.slice(cell.states);
    return { last: outputs[0], hidden, operands, saved };
  }

  function backward(gradient: { sequence?: string; last?: string }, wanted: boolean): DirectionGradients {
    const prepared = cell.prepareBackward(graph, run);
    const throughProducts = products.backward(wanted);
    const given = gradient.sequence === undefined ? [] : [gradient.sequence];
    const sequences = [...given, ...prepared.perStep];
    const inputs = [...stateNames(cell), ...sequences.map((_, index) => `sequence${index}`)];
    const { body, names } = stepGraph(graph, 'backward', inputs);
    const incoming = names.slice(0, cell.states);
    const hidden = given.length > 0 ? body.add('Add', [incoming[0], names[cell.states]]) : incoming[0];
    const perStep = names.slice(cell.states + given.length);
    const step = prepared.step(body, perStep, [hidden, ...incoming.slice(1)]);
    const through = throughProducts.step(body, step.product);
    const ofInput = through.input === undefined ? [] : [through.input];
    const outputs = emitScan(graph, body, {
      states: [gradient.last ?? zeros, ...step.others.map(() => zeros)],
      sequences,
      nextStates: [step.hidden ? body.add('Add', [through.hidden, step.hidden]) : through.hidden, ...step.others],
      stepOutputs: [step.product, ...step.saved, ...ofInput],
      reversed: !reversed,
    });
    const [last, ...rest] = outputs.slice(cell.states);
    const [saved, [inputGradients]] = [rest.slice(0, step.saved.length), rest.slice(step.saved.length)];
    return throughProducts.gradients(prepared.products(graph, last, saved), run.operands, inputGradients);
  }
}

function stateNames({ states }: Cell): string[] {
  return Array.from({ length: states }, (_, index) => `state${index}`);
}

/** `[units, batch]` of zeros. */
function zeroState(graph: GraphBuilder, input: string, units: number): string {
  const batch = graph.add('Slice', [graph.add('Shape', [input]), graph.ints([2]), graph.ints([3])]);
  return graph.add('ConstantOfShape', [graph.add('Concat', [graph.ints([units]), batch], { axis: 0 })]);
}

/** A graph for Scan's body, whose names are its own. */
function stepGraph(graph: GraphBuilder, hint: string, inputs: readonly string[]) {
  const name = graph.fresh(hint);
  const body = new GraphBuilder(name, graph.opset);
  body.scope = name;
  const names = inputs.map((input) => body.input(`${name}/${input}`, DataType.float, ['', 'batch']));
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
    if (isTaken) body.outputAs(`${body.name}/output${index}`, value, DataType.float, ['', 'batch']);
    else body.output(value, DataType.float, ['', 'batch']);
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
