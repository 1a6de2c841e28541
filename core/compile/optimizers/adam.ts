import bytes from './moments/moments.ts?wasm';
import type { OptimizerDefinition, StepSettings, UpdateValues } from './optimizerDefinition';

const slots = ['first_moment', 'second_moment'];

/** Kingma and Ba 2015. */
export const adam: OptimizerDefinition = {
  slots: () => slots,
  update: (values, settings) => moveByMoments(values, settings, 1, settings.optimizer.weightDecay),
};

/** Loshchilov and Hutter 2019: the decay acts on the parameter itself. */
export const adamw: OptimizerDefinition = {
  slots: () => slots,
  update: (values, settings) =>
    moveByMoments(values, settings, 1 - settings.learningRate * settings.optimizer.weightDecay, 0),
};

/** `kept` is the share of the parameter that stays, `decay` the weight of the parameter in its gradient. */
function moveByMoments(
  { parameter, gradient, slots: [first, second] }: UpdateValues,
  { optimizer: { beta1, beta2, epsilon }, step, learningRate }: StepSettings,
  kept: number,
  decay: number,
): void {
  program ??= loadProgram();
  const { move, room } = program;
  const stepSize = learningRate / (1 - beta1 ** step);
  const deviationFactor = 1 / Math.sqrt(1 - beta2 ** step);
  const arrays = [parameter, gradient, first, second];
  for (let start = 0; start < parameter.length; start += room[0].length) {
    const parts = arrays.map((array) => array.subarray(start, start + room[0].length));
    for (const [index, part] of parts.entries()) room[index].set(part);
    const { length } = parts[0];
    move(length, beta1, 1 - beta1, beta2, 1 - beta2, stepSize, deviationFactor, epsilon, kept, decay);
    for (const [index, part] of parts.entries()) if (index !== 1) part.set(room[index].subarray(0, length));
  }
}

interface MomentsExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly capacity: { readonly value: number };
  readonly address: { readonly value: number };
  moveByMoments(...values: number[]): void;
}

/** The program's rule, and where it takes parameter, gradient and moments from. */
interface MomentsProgram {
  readonly move: (...values: number[]) => void;
  readonly room: readonly Float32Array[];
}

let program: MomentsProgram | undefined;

function loadProgram(): MomentsProgram {
  const { memory, capacity, address, moveByMoments } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {})
    .exports as MomentsExports;
  const room = [0, 1, 2, 3].map(
    (index) => new Float32Array(memory.buffer, address.value + 4 * capacity.value * index, capacity.value),
  );
  return { move: moveByMoments, room };
}
