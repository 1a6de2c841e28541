import type { Severity } from './diagnostics';

/** What a code means, for the documentation page that every diagnostic links to. Markdown; English. */
export interface CodeDocumentation {
  readonly severity: Severity;
  readonly title: string;
  readonly explanation: string;
}

/**
 * Every code that a scheme's diagnostics have. A code, once published, keeps its meaning. Errors: what cannot be built.
 * Warnings: what builds and is probably not meant. Hints: what is only untidy.
 */
export const codes = {
  'scheme/syntax': {
    severity: 'error',
    title: 'The text is not JSON',
    explanation:
      'A comma, a quote or a bracket is missing or too many, or a comment is not closed. Comments and trailing commas are allowed.',
  },
  'scheme/duplicate-key': {
    severity: 'error',
    title: 'A key stands twice in one object',
    explanation: 'Readers of JSON disagree about which of the two holds, so a scheme may not leave it open.',
  },
  'scheme/comment': {
    severity: 'hint',
    title: 'A comment',
    explanation: 'Match Down reads `//` and `/* */`; JSON does not have comments, and other tools may refuse the file.',
  },
  'scheme/trailing-comma': {
    severity: 'hint',
    title: 'A comma after the last element',
    explanation: 'Match Down reads it; JSON does not allow it, and other tools may refuse the file.',
  },
  'scheme/text-for-boolean': {
    severity: 'hint',
    title: '`"true"` for `true`',
    explanation: 'The text `"true"` or `"false"` is taken for the value; without quotes it is the value.',
  },
  'scheme/redundant-default': {
    severity: 'hint',
    title: 'A setting that changes nothing',
    explanation:
      'The value is what happens without the key. Only switches and refinements are reported (`"stride": 1`, `"dropout": 0`), not what a reader wants to see, such as the learning rate.',
  },
  'scheme/unknown-key': {
    severity: 'error',
    title: 'A key that does not exist here',
    explanation:
      'Each object and each layer type has its own keys; the message names the nearest one, or the section where it belongs.',
  },
  'scheme/missing-key': {
    severity: 'error',
    title: 'A required key is missing',
    explanation:
      'There is no default for it. The fix adds it with a value to begin with; a missing type is told from the other keys.',
  },
  'scheme/wrong-type': {
    severity: 'error',
    title: 'A value of the wrong kind',
    explanation: 'Text for a number, a number for a list, and so on.',
  },
  'scheme/unknown-value': {
    severity: 'error',
    title: 'A value that is not one of those allowed',
    explanation: 'An activation, optimizer, loss or other name that does not exist; the message names the nearest one.',
  },
  'scheme/out-of-range': {
    severity: 'error',
    title: 'A number out of its range',
    explanation: 'Sizes are at least 1; a dropout is at least 0 and below 1; a learning rate is above 0.',
  },
  'scheme/wrong-length': {
    severity: 'error',
    title: 'A list of the wrong length',
    explanation: 'An image size has three numbers, a kernel one or two, explicit padding one, two or four.',
  },
  'scheme/unknown-type': {
    severity: 'error',
    title: 'A layer type that does not exist',
    explanation:
      'The message names the nearest one, also for the names that other frameworks use. An activation is written as a layer of the type `activation`.',
  },
  'scheme/input-shape': {
    severity: 'error',
    title: 'Not exactly one of `image_size` and `input_size`',
    explanation: '`image_size` is for pictures, `input_size` for tables, series and tokens.',
  },
  'scheme/two-poolings': {
    severity: 'error',
    title: 'Two poolings in one set',
    explanation: 'A set has `maxpooling` or `average_pooling`. Write a second one as a layer of its own.',
  },
  'scheme/duplicate-name': {
    severity: 'error',
    title: 'Two layers of one name',
    explanation: 'Names tell layers apart in inputs, logs, comparisons and the exported graph.',
  },
  'scheme/reserved-name': {
    severity: 'error',
    title: 'A layer called `data`',
    explanation: '`"data"` is the name of the network\'s input.',
  },
  'scheme/unknown-input': {
    severity: 'error',
    title: 'An input that is no layer',
    explanation: '`input` and `inputs` name earlier layers, or `"data"`.',
  },
  'scheme/self-input': {
    severity: 'error',
    title: 'A layer that is its own input',
    explanation: 'Networks run from the data forward.',
  },
  'scheme/later-input': {
    severity: 'error',
    title: 'An input that comes later',
    explanation: 'A layer stands after the layers that it takes its inputs from.',
  },
  'scheme/cycle': {
    severity: 'error',
    title: 'Layers that feed one another in a circle',
    explanation: 'The message shows the circle; one of its inputs must come from outside it.',
  },
  'scheme/shape-mismatch': {
    severity: 'error',
    title: 'Shapes that do not fit',
    explanation:
      'A layer takes another number of dimensions, or the shapes of merged layers differ. The message holds the shapes and the layers that they come from.',
  },
  'scheme/window-too-large': {
    severity: 'error',
    title: 'A window larger than its input',
    explanation: 'Without padding, a kernel or pooling window must fit into the input at least once.',
  },
  'scheme/size-shrinks-to-zero': {
    severity: 'error',
    title: 'A size that shrinks to 0',
    explanation:
      'Earlier strides and poolings have made the input smaller than this window: nothing would be left. Use padding `same`, fewer poolings, or smaller strides.',
  },
  'scheme/padding-too-large': {
    severity: 'error',
    title: 'Padding that leaves nothing',
    explanation:
      'Padding as large as a pooling window: a window could then lie outside the input altogether, and runtimes refuse it. In a transposed convolution, padding that cuts the whole output off.',
  },
  'scheme/groups-do-not-divide': {
    severity: 'error',
    title: 'Channels that are no multiple of the groups',
    explanation: 'Each group takes the same number of input channels and makes the same number of output channels.',
  },
  'scheme/heads-do-not-divide': {
    severity: 'error',
    title: 'Channels that are no multiple of the heads',
    explanation: 'Without `key_dimension`, each head of an attention works on an equal part of the channels.',
  },
  'scheme/axis-out-of-range': {
    severity: 'error',
    title: 'An axis that the shape does not have',
    explanation:
      'Axes count from 0 as the scheme writes the shape, without the batch; -1 is the last. A permutation names each axis once.',
  },
  'scheme/output-mismatch': {
    severity: 'error',
    title: 'A network that does not end in `label_dim` values',
    explanation:
      'For classification an implicit head is appended. For `multi_label` and `regression` the last layer must give `label_dim` values itself.',
  },
  'scheme/tokens-need-embedding': {
    severity: 'error',
    title: 'Token ids where numbers are needed',
    explanation: 'With `vocabulary` the input is a row of token ids, which only an embedding can turn into numbers.',
  },
  'scheme/vocabulary-does-not-fit': {
    severity: 'error',
    title: 'A vocabulary for data that is not tokens',
    explanation: '`vocabulary` goes with `"input_size": [length]`.',
  },
  'scheme/loss-does-not-fit': {
    severity: 'error',
    title: 'A loss for another kind of label',
    explanation:
      '`cross_entropy` is for classification, `binary_cross_entropy` for multi_label, the others for regression. Without the key the right one is taken.',
  },
  'scheme/model-too-large': {
    severity: 'error',
    title: 'More weights than an ONNX file can hold',
    explanation: 'A protobuf file is limited to 2 GB, about 536 million float32 values.',
  },
  'scheme/tensor-too-large': {
    severity: 'error',
    title: 'A tensor that no runtime can address',
    explanation: 'The values of one sample are counted in 32 bits: at most 2,147,483,647.',
  },
  'scheme/single-class': {
    severity: 'warning',
    title: 'Classification with one class',
    explanation: 'With one class every answer is right. For yes or no, use 2 classes, or `multi_label` with 1.',
  },
  'scheme/learning-rate-unusual': {
    severity: 'warning',
    title: "A learning rate out of the optimizer's usual range",
    explanation:
      'Usual are 1e-5 to 0.01 for adam, adamw and rmsprop, 1e-4 to 1 for sgd and momentum, 1e-4 to 0.5 for adagrad.',
  },
  'scheme/validation-split-ignored': {
    severity: 'warning',
    title: 'A split beside an own validation set',
    explanation: 'With `validation_path` nothing is split off, so `validation_split` has no effect.',
  },
  'scheme/augmentation-without-image': {
    severity: 'warning',
    title: 'Augmentation of what is no picture',
    explanation: 'Flips, shifts and rotations are defined for `image_size` only, and have no effect here.',
  },
  'scheme/batch-larger-than-data': {
    severity: 'warning',
    title: 'A batch larger than the data',
    explanation: 'Every step then sees the whole training part, and an epoch is a single step.',
  },
  'scheme/memory-beyond-device': {
    severity: 'warning',
    title: 'More memory than the device has',
    explanation:
      'The estimate counts weights, gradients, optimizer state and the activations of one batch, in float32. A smaller batch needs less.',
  },
  'scheme/dropout-near-batch-normalization': {
    severity: 'warning',
    title: 'Strong dropout next to batch normalization',
    explanation:
      'Dropout changes the variance in training but not in evaluation, and batch normalization keeps statistics of it (Li et al. 2019, "Understanding the disharmony between dropout and batch normalization"). From 0.5 on, use less, or drop only before the head. Older code wrote the share that is kept: 0.7 there is 0.3 here.',
  },
  'scheme/softmax-before-loss': {
    severity: 'warning',
    title: 'Softmax or sigmoid at the end, which the loss contains',
    explanation:
      'Cross entropy contains the softmax, binary cross entropy the sigmoid. A last one is recognised and not applied twice: the network gives logits.',
  },
  'scheme/activation-before-head': {
    severity: 'warning',
    title: 'An activation on the logits',
    explanation: 'The loss takes any number, positive or negative; an activation at the end withholds some from it.',
  },
  'scheme/unused-output': {
    severity: 'warning',
    title: 'A layer whose output nobody uses',
    explanation: 'No later layer takes it and it is not the last: it has no influence on the result.',
  },
  'scheme/bias-before-batch-normalization': {
    severity: 'warning',
    title: 'A bias right before batch normalization',
    explanation:
      'The normalization subtracts the mean and the bias with it. Reported only where `use_bias` is written; the default keeps the bias.',
  },
  'scheme/dense-flattens': {
    severity: 'hint',
    title: 'A dense set that flattens first',
    explanation: 'The input has more than one dimension; it is flattened in channel, row, column order.',
  },
  'scheme/implicit-head': {
    severity: 'hint',
    title: 'The head that the scheme leaves out',
    explanation:
      'A classification network that does not end in `label_dim` values gets a dense layer with so many units, which flattens first. The fix writes it out.',
  },
} as const satisfies Readonly<Record<string, CodeDocumentation>>;

export type Code = keyof typeof codes;
