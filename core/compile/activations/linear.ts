import { type ActivationDefinition, always } from './activationDefinition';

/** The identity: no node. */
export const linear: ActivationDefinition = {
  monotonic: always,
  apply: (_graph, input) => input,
  gradient: (_graph, { gradient }) => gradient,
};
