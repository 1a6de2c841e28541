import type { LabelType, Loss } from '../../../core/scheme/types';
import { describeWithPython } from '../../support/python';
import { assertEqualsReference } from './comparison';
import { NetworkBuilder, type NetworkOptions } from './networkBuilder';
import { askReference, type Case, makeCase, type Reference } from './reference';

const cases: Case[] = [];

function add(name: string, options: NetworkOptions, outputs = 3, end?: 'softmax' | 'sigmoid'): void {
  const network = new NetworkBuilder([6, 5, 2]);
  network.convolution({ kernel: [3, 3], channels: 4, padding: 'same' });
  network.activation('tanh');
  network.dropout(0.3);
  network.flatten();
  network.dense(outputs);
  if (end) network.activation(end);
  // The last batch is a partial one, as at the end of an epoch.
  cases.push(makeCase(name, network.network(options), [6, 6, 6, 6, 1]));
}

const optimizers = {
  adam: { type: 'adam' },
  'adam with all its settings': { type: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 },
  adamw: { type: 'adamw', weightDecay: 0.2 },
  sgd: { type: 'sgd' },
  'sgd with weight decay': { type: 'sgd', weightDecay: 0.1 },
  'sgd with momentum': { type: 'sgd', momentum: 0.5 },
  momentum: { type: 'momentum', weightDecay: 0.05 },
  rmsprop: { type: 'rmsprop', weightDecay: 0.05 },
  'rmsprop with momentum': { type: 'rmsprop', momentum: 0.9, beta2: 0.9, epsilon: 1e-4 },
  adagrad: { type: 'adagrad', weightDecay: 0.05 },
} as const;
for (const [name, optimizer] of Object.entries(optimizers)) add(name, { optimizer });

const sgd = { type: 'sgd' } as const;
const objectives: [LabelType, Loss][] = [
  ['classification', 'cross_entropy'],
  ['classification', 'binary_cross_entropy'],
  ['classification', 'mean_squared_error'],
  ['multi_label', 'binary_cross_entropy'],
  ['multi_label', 'cross_entropy'],
  ['multi_label', 'mean_absolute_error'],
  ['regression', 'mean_squared_error'],
  ['regression', 'mean_absolute_error'],
  ['regression', 'huber'],
];
for (const [labelType, loss] of objectives) add(`${loss} for ${labelType}`, { labelType, loss, optimizer: sgd });
add('two classes with one output', { loss: 'binary_cross_entropy', optimizer: sgd }, 1);
add('one regression target', { labelType: 'regression', loss: 'huber', optimizer: sgd }, 1);
add('a last softmax belongs to cross entropy', { optimizer: sgd }, 3, 'softmax');
add(
  'a last sigmoid belongs to binary cross entropy',
  { labelType: 'multi_label', loss: 'binary_cross_entropy', optimizer: sgd },
  3,
  'sigmoid',
);
add(
  'a last sigmoid before another loss stays',
  { labelType: 'multi_label', loss: 'huber', optimizer: sgd },
  3,
  'sigmoid',
);

describeWithPython('training steps equal PyTorch’s', (python) => {
  let references = new Map<string, Reference>();
  before(() => {
    references = askReference(python, cases);
  });
  for (const each of cases) {
    it(each.name, () => assertEqualsReference(each, references.get(each.name)!));
  }
});
