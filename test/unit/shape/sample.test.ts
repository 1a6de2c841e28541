import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { analyze } from '../../../core/shape/analyze';
import { describe as describeNetwork } from '../../../core/shape/describe';

describe('The sample scheme', () => {
  const { diagnostics, network } = analyze(readFileSync('examples/shapes/model_scheme_sample.json', 'utf8'));

  it('is accepted, with its slips as hints and its strong dropout as a warning', () => {
    assert.deepEqual(
      diagnostics.map(({ code, severity, layer }) => `${severity} ${code} ${layer ?? ''}`.trim()),
      [
        'hint scheme/text-for-boolean conv_layer_set_1',
        'warning scheme/dropout-near-batch-normalization conv_layer_set_1',
        'hint scheme/implicit-head conv_layer_set_2',
        'hint scheme/text-for-boolean conv_layer_set_2',
        'warning scheme/dropout-near-batch-normalization conv_layer_set_2',
        'hint scheme/trailing-comma',
      ],
    );
  });

  it('has its shapes and parameters', () => {
    const { layers, parameters, buffers } = describeNetwork(network!);
    assert.deepEqual(
      layers.map(({ name, outputShape, parameters: own }) => [name, outputShape, own]),
      [
        ['conv_layer_set_1', [15, 15, 64], 768],
        ['conv_layer_set_2', [8, 8, 128], 74112],
        ['head', [3], 24579],
      ],
    );
    assert.equal(parameters, 99459);
    assert.equal(buffers, 384);
  });
});
