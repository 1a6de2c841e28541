import { optimizers } from './optimizers';
import { sumOfRows } from './optimizers/momentsProgram';
import type { StepSettings } from './optimizers/optimizerDefinition';
import type { GradientOutput, TrainingGraph } from './trainingGraph';

/** What the graph gave, by name. */
export interface Outputs {
  floats(name: string): Float32Array;
  integers(name: string): BigInt64Array;
}

/**
 * Takes the state over one step in place, by what the graph gave for a batch: parameters and slots by the optimizer, buffers as
 * they came. A parameter without a gradient, one that the loss does not depend on, stays as it is.
 */
export function applyStep(
  graph: TrainingGraph,
  state: ReadonlyMap<string, Float32Array>,
  outputs: Outputs,
  settings: Omit<StepSettings, 'optimizer'>,
): void {
  const { optimizer } = graph;
  const { slots, update } = optimizers[optimizer.type];
  const slotNames = slots(optimizer);
  for (const gradient of graph.gradients) {
    const parameter = known(state, gradient.parameter);
    const values = {
      parameter,
      gradient: wholeGradient(gradient, parameter, outputs),
      slots: slotNames.map((slot) => known(state, slotName(gradient.parameter, slot))),
    };
    update(values, { ...settings, optimizer });
  }
  for (const { name, output } of graph.buffers) known(state, name).set(outputs.floats(output));
}

/** With rows that add up brought to their places, in the order in which they came; valid until the next step. */
export function wholeGradient(
  { output, rows }: GradientOutput,
  parameter: Float32Array,
  outputs: Outputs,
): Float32Array {
  const values = outputs.floats(output);
  return rows === undefined ? values : sumOfRows(parameter, values, outputs.integers(rows));
}

export function slotName(parameter: string, slot: string): string {
  return `${parameter}:${slot}`;
}

function known(state: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = state.get(name);
  if (!values) throw new Error(`The state has no ${name}.`);
  return values;
}
