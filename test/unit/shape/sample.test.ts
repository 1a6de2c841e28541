import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { analyze } from '../../../core/shape/analyze';
import { describe as describeNetwork } from '../../../core/shape/describe';

describe('The sample scheme', () => {
  const analysis = analyze(readFileSync('examples/shapes/model_scheme_sample.json', 'utf8'));

  it('is accepted', () => {
    assert.deepEqual(
      analysis.diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  it('has its shapes and parameters', () => {
    const { layers, parameters, buffers } = describeNetwork(analysis.network!);
    assert.deepEqual(
      layers.map(({ name, outputShape, parameters }) => [name, outputShape, parameters]),
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
