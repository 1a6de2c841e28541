import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { analyze } from '../../../core/shape/analyze';
import { describeWithPython, runPython } from '../../support/python';
import { networks } from './networks';

interface Facts {
  readonly shapes: readonly (readonly number[])[];
  readonly parameters: number;
  readonly buffers: number;
  readonly macs: number;
}

/** What the literature says of whole networks. */
const published = { 'LeNet-5': 61_706, 'VGG-16': 138_357_544, 'ResNet-18': 11_689_512 };

describe('Networks of the literature', () => {
  for (const [name, parameters] of Object.entries(published)) {
    it(`have the published number of parameters: ${name}`, () => {
      assert.equal(analyze(JSON.stringify(networks[name])).network!.parameters, parameters);
    });
  }
});

describeWithPython('Networks built in PyTorch', (python) => {
  let facts: Readonly<Record<string, Facts>>;

  before(function () {
    this.timeout(120_000);
    const program = readFileSync('test/unit/shape/torchNetworks.py', 'utf8');
    const answers = JSON.parse(runPython(python, program, [], JSON.stringify(Object.values(networks)))) as Facts[];
    facts = Object.fromEntries(Object.keys(networks).map((name, index) => [name, answers[index]!]));
  });

  for (const [name, scheme] of Object.entries(networks)) {
    it(`have the same shapes, parameters and multiply-accumulates: ${name}`, () => {
      const { network, diagnostics } = analyze(JSON.stringify(scheme));
      assert.ok(network, JSON.stringify(diagnostics));
      const { layers, parameters, buffers, macs } = network;
      assert.deepEqual(
        { shapes: layers.map(({ outputShape }) => outputShape), parameters, buffers, macs },
        facts[name],
      );
    });
  }
});
