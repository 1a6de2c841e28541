import { optimizers } from './optimizers';
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
    const { parameter } = gradient;
    const values = {
      parameter: known(state, parameter),
      gradient: wholeGradient(gradient, known(state, parameter).length, outputs),
      slots: slotNames.map((slot) => known(state, slotName(parameter, slot))),
    };
    update(values, { ...settings, optimizer });
  }
  for (const { name, output } of graph.buffers) known(state, name).set(outputs.floats(output));
}

/** With rows that add up brought to their places, in the order in which they came. */
export function wholeGradient({ output, rows }: GradientOutput, size: number, outputs: Outputs): Float32Array {
  const values = outputs.floats(output);
  if (rows === undefined) return values;
  const whole = new Float32Array(size);
  const places = outputs.integers(rows);
  const width = values.length / places.length;
  for (let row = 0; row < places.length; row++) {
    const start = Number(places[row]) * width;
    for (let column = 0; column < width; column++) whole[start + column] += values[row * width + column];
  }
  return whole;
}

export function slotName(parameter: string, slot: string): string {
  return `${parameter}:${slot}`;
}

function known(state: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = state.get(name);
  if (!values) throw new Error(`The state has no ${name}.`);
  return values;
}
