import { optimizers } from './optimizers';
import type { StepSettings } from './optimizers/optimizerDefinition';
import type { TrainingGraph } from './trainingGraph';

/**
 * Takes the state over one step in place, by what the graph gave for a batch: parameters and slots by the optimizer, buffers as
 * they came. A parameter without a gradient, one that the loss does not depend on, stays as it is.
 */
export function applyStep(
  graph: TrainingGraph,
  state: ReadonlyMap<string, Float32Array>,
  outputOf: (name: string) => Float32Array,
  settings: Omit<StepSettings, 'optimizer'>,
): void {
  const { optimizer } = graph;
  const { slots, update } = optimizers[optimizer.type];
  const slotNames = slots(optimizer);
  for (const { parameter, output } of graph.gradients) {
    const values = {
      parameter: known(state, parameter),
      gradient: outputOf(output),
      slots: slotNames.map((slot) => known(state, slotName(parameter, slot))),
    };
    update(values, { ...settings, optimizer });
  }
  for (const { name, output } of graph.buffers) known(state, name).set(outputOf(output));
}

export function slotName(parameter: string, slot: string): string {
  return `${parameter}:${slot}`;
}

function known(state: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = state.get(name);
  if (!values) throw new Error(`The state has no ${name}.`);
  return values;
}
