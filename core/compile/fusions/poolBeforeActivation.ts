import type { Activation, Pooling } from '../../shape/network';
import { activations } from '../activations';
import type { Trained, TrainingEmission } from '../emission';
import { poolingAttributes } from '../operations/maxPooling';
import type { Fusion } from './fusion';
import { isTiling, routeToMaxima } from './unpool';

/** Max pooling with windows side by side; an activation in front of it that never turns an order round comes after it. */
export const poolBeforeActivation: Fusion = ([first, second]) => {
  if (first?.kind === 'max_pooling' && isTiling(first)) {
    return { operations: [first], train: (emission, [input]) => train(emission, first, input) };
  }
  if (first?.kind !== 'activation' || !activations[first.activation].monotonic(first.alpha)) return undefined;
  if (second?.kind !== 'max_pooling' || !isTiling(second)) return undefined;
  return { operations: [first, second], train: (emission, [input]) => train(emission, second, input, first) };
};

function train({ graph }: TrainingEmission, pooling: Pooling, input: string, activation?: Activation): Trained {
  const definition = activations[activation?.activation ?? 'linear'];
  const alpha = activation?.alpha ?? 0;
  const maxima = graph.add('MaxPool', [input], poolingAttributes(pooling));
  const output = definition.apply(graph, maxima, alpha);
  return {
    output,
    backward(gradient, [wanted]) {
      if (!wanted) return [undefined];
      const inner = definition.gradient(graph, { input: maxima, output, alpha, gradient });
      return [routeToMaxima(graph, pooling, { input, maxima, gradient: inner })];
    },
  };
}
