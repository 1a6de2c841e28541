import type { ActivationFunction, Operation, Parameter } from './network';

const rectifiers: ReadonlySet<ActivationFunction> = new Set<ActivationFunction>([
  'relu',
  'relu6',
  'leaky_relu',
  'elu',
  'gelu',
  'silu',
  'hard_swish',
]);

/**
 * Gives every weight its initializer: He normal (He et al. 2015) where a rectifier is the next function that its output
 * passes through, else Glorot uniform (Glorot and Bengio 2010), which the operations have from the start. Normalization,
 * pooling, dropout and flatten in between do not matter.
 */
export function initialized(operations: readonly Operation[]): Operation[] {
  const consumers = consumersOf(operations);
  return operations.map((operation) =>
    isWeighted(operation) && feedsRectifier(operation, consumers) ? withHeNormal(operation) : operation,
  );
}

/** For each operation, those that take its output. */
export function consumersOf(operations: readonly Operation[]): Map<string, Operation[]> {
  const consumers = new Map<string, Operation[]>();
  for (const operation of operations) {
    for (const input of new Set(operation.inputs)) {
      const known = consumers.get(input);
      if (known) known.push(operation);
      else consumers.set(input, [operation]);
    }
  }
  return consumers;
}

const weighted: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'convolution',
  'transposed_convolution',
  'dense',
  'dense_per_position',
]);

function isWeighted(operation: Operation): boolean {
  return weighted.has(operation.kind);
}

const transparent: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'batch_normalization',
  'max_pooling',
  'average_pooling',
  'global_average_pooling',
  'global_max_pooling',
  'dropout',
  'flatten',
  'add',
  'concatenate',
  'layer_normalization',
  'group_normalization',
  'zero_padding',
  'upsampling',
  'reshape',
  'permute',
]);

function feedsRectifier(operation: Operation, consumers: ReadonlyMap<string, readonly Operation[]>): boolean {
  let current: Operation | undefined = operation;
  do current = consumers.get(current.id)?.[0];
  while (current && transparent.has(current.kind));
  return current?.kind === 'activation' && rectifiers.has(current.activation);
}

function withHeNormal(operation: Operation): Operation {
  return { ...operation, parameters: operation.parameters.map(heNormal) };
}

function heNormal(parameter: Parameter): Parameter {
  const { initializer } = parameter;
  if (initializer.kind !== 'glorot_uniform') return parameter;
  return { ...parameter, initializer: { kind: 'normal', fanIn: initializer.fanIn, gain: Math.SQRT2 } };
}
