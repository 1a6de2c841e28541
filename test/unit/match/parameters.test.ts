import assert from 'node:assert/strict';
import { compileInference } from '../../../core/compile/inference';
import { initialWeights } from '../../../core/compile/weights';
import { matchSides } from '../../../core/match/match';
import { analyze } from '../../../core/shape/analyze';
import { graphText, side } from './fixtures';

/** Parameters that a report tells of a graph. */
async function parametersOf(text: string): Promise<number | undefined> {
  const report = await matchSides(side(text), side(text), () => assert.fail('nothing is run'), { numeric: false });
  return report.exported.parameters;
}

describe('The parameters that a match tells of a file', () => {
  it('are those of the scheme: no running statistics, no normalisation of the input', async () => {
    const { network } = analyze(
      JSON.stringify({
        data: { image_size: [6, 6, 2], label_dim: 3, normalize: 'min_max' },
        model: {
          network: [
            { type: 'conv2d_set', kernel: [3, 3], channel: 4, batch_normalization: true },
            { type: 'dense_set', unit: 3 },
          ],
        },
      }),
    );
    assert.ok(network);
    const normalization = { kind: 'min_max', minimum: 0, maximum: 255 } as const;
    const model = compileInference(network, initialWeights(network, 1), { normalization });
    const intended = {
      file: 'model_scheme.json',
      model: compileInference(network, initialWeights(network, 1)),
      network,
      source: {},
    };
    const exported = { file: 'model.onnx', model, source: {} };
    const report = await matchSides(intended, exported, () => assert.fail('nothing is run'), { numeric: false });
    assert.equal(report.exported.parameters, network.parameters);
    const rows = report.layers.flatMap((layer) => layer.exported?.parameters ?? 0);
    assert.equal(
      rows.reduce((sum, count) => sum + count, 0),
      network.parameters,
    );
  });

  it('count a tensor of an operator that is not known, and one that two nodes share only once', async () => {
    assert.equal(await parametersOf(graphText('y = com.vendor.Scale(x, w)', 'float[2,4,4] w')), 32);
    const shared = 'a = Gemm(f, w)\n y = Gemm(a, w)\n f = Flatten(x)';
    assert.equal(await parametersOf(graphText(shared, 'float[32,32] w')), 32 * 32);
  });

  it('are neither indices nor the single numbers of arithmetic', async () => {
    assert.equal(await parametersOf(graphText('y = Gather<axis = 1>(x, i)', 'int64[2] i')), 0);
    assert.equal(await parametersOf(graphText('r = Relu(x)\n y = Mul(r, s)', 'float[1] s')), 0);
  });
});
