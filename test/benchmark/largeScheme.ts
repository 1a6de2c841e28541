/** A scheme of so many layers as people write it: convolution sets over several lines, branches, short layers on one line. */
export function largeScheme(count: number): string {
  const layers = Array.from({ length: count }, (_, index) => `      ${layer(index)}`);
  return `{
  "data": { "batch_size": 32, "image_size": [16, 16, 8], "label_dim": 10, "data_path": "data" },
  "model": {
    "learning_rate": 0.001,
    "iteration": 10,
    "network": [
${layers.join(',\n')}
    ]
  }
}
`;
}

/** A text of a convolution in the middle that an edit can replace without changing what is around it: its kernel's height. */
export function middleKernel(text: string, count: number): number {
  const name = `"layer_${Math.floor(count / 10) * 5}"`;
  return text.indexOf('"kernel": [', text.indexOf(name)) + '"kernel": ['.length;
}

function layer(index: number): string {
  const name = `"name": "layer_${index}"`;
  switch (index % 5) {
    case 0:
      return convolution([
        name,
        '"channel": 8',
        '"kernel": [3, 3]',
        '"activation": "relu"',
        '"batch_normalization": true',
      ]);
    case 1:
      return `{ "type": "activation", ${name}, "activation": "leaky_relu" }`;
    case 2:
      return convolution([name, '"channel": 8', '"kernel": [1, 1]', '"dropout": 0.1']);
    case 3:
      return `{ "type": "add", ${name}, "inputs": ["layer_${index - 1}", "layer_${index - 3}"] }`;
    default:
      return `{ "type": "batch_normalization", ${name} }`;
  }
}

function convolution(settings: readonly string[]): string {
  const lines = ['"type": "conv2d_set"', ...settings, '"padding": "same"'];
  return `{\n${lines.map((line) => `        ${line}`).join(',\n')}\n      }`;
}
