import type { GraphBuilder } from '../../../onnx/builder';
import type { Recurrent } from '../../../shape/network';
import { parameterOf, type Trained, type TrainingEmission } from '../../emission';
import type { Cell } from './cell';
import { type DirectionRun, runDirection } from './direction';
import { gru } from './gru';
import { lstm } from './lstm';
import type { DirectionWeights } from './products';

const cells: Readonly<Record<Recurrent['kind'], Cell>> = { lstm, gru };

/** From `[batch, features, length]` to positions first and samples last, and back. */
const turned = [2, 1, 0];

/** A Scan for each direction that keeps what its gradient needs, and a Scan in the opposite direction for the gradient. */
export function trainRecurrent(emission: TrainingEmission, operation: Recurrent, input: string): Trained {
  const { graph } = emission;
  const sequence = graph.add('Transpose', [input], { perm: turned });
  const runs = directionWeights(emission, operation).map((weights, direction) =>
    runDirection(graph, operation, cells[operation.kind], sequence, weights, direction === 1),
  );
  const output = operation.returnSequences
    ? graph.add('Transpose', [sideBySide(graph, runs, 'sequence', 1)], { perm: turned })
    : graph.add('Transpose', [sideBySide(graph, runs, 'last', 0)], { perm: [1, 0] });
  return { output, backward: (gradient, [wanted]) => [backward(emission, operation, runs, gradient, wanted)] };
}

function sideBySide(
  graph: GraphBuilder,
  runs: readonly DirectionRun[],
  part: 'sequence' | 'last',
  axis: number,
): string {
  const parts = runs.map((run) => run[part]);
  return parts.length > 1 ? graph.add('Concat', parts, { axis }) : parts[0];
}

function directionWeights(emission: TrainingEmission, operation: Recurrent): DirectionWeights[] {
  const { graph } = emission;
  const directions = operation.bidirectional ? [0, 1] : [0];
  return directions.map((direction) => {
    const of = (role: 'weight' | 'recurrent_weight' | 'bias') => {
      const both = emission.parameter(parameterOf(operation, role));
      // A Gather would copy the only one.
      if (!operation.bidirectional) return graph.add('Squeeze', [both, graph.ints([0])]);
      return graph.add('Gather', [both, graph.int(direction)], { axis: 0 });
    };
    const halves = [graph.fresh('bias'), graph.fresh('bias')];
    const [inputBias, recurrentBias] = graph.addMany('Split', [of('bias')], halves, { axis: 0, num_outputs: 2 });
    return { input: of('weight'), recurrent: of('recurrent_weight'), inputBias, recurrentBias };
  });
}

function backward(
  emission: TrainingEmission,
  operation: Recurrent,
  runs: readonly DirectionRun[],
  gradient: string,
  wanted: boolean,
): string | undefined {
  const { graph } = emission;
  const { returnSequences } = operation;
  const ordered = graph.add('Transpose', [gradient], { perm: returnSequences ? turned : [1, 0] });
  const axis = returnSequences ? 1 : 0;
  const names = runs.map(() => graph.fresh('direction'));
  const parts =
    runs.length > 1 ? graph.addMany('Split', [ordered], names, { axis, num_outputs: runs.length }) : [ordered];
  const gradients = runs.map((run, direction) =>
    run.backward(returnSequences ? { sequence: parts[direction] } : { last: parts[direction] }, wanted),
  );
  const stack = (values: readonly string[]) => {
    const rows = values.map((value) => graph.add('Unsqueeze', [value, graph.ints([0])]));
    return rows.length > 1 ? graph.add('Concat', rows, { axis: 0 }) : rows[0];
  };
  const weights = gradients.map((each) => each.weights);
  const biases = weights.map((each) => graph.add('Concat', [each.inputBias, each.recurrentBias], { axis: 0 }));
  emission.addGradient(parameterOf(operation, 'weight'), stack(weights.map((each) => each.input)));
  emission.addGradient(parameterOf(operation, 'recurrent_weight'), stack(weights.map((each) => each.recurrent)));
  emission.addGradient(parameterOf(operation, 'bias'), stack(biases));
  const inputs = gradients.flatMap((each) => each.input ?? []);
  if (inputs.length === 0) return undefined;
  return graph.add('Transpose', [inputs.reduce((left, right) => graph.add('Add', [left, right]))], { perm: turned });
}
