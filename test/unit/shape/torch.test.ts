import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { analyze } from '../../../core/shape/analyze';
import { describeWithPython, runPython } from '../../support/python';
import { fixtureNames, fixtureNetworks, literature } from './literature';
import { networks } from './networks';
import { smallNetworks } from './smallNetworks';

interface Facts {
  readonly shapes: readonly (readonly number[])[];
  readonly parameters: number;
  readonly buffers: number;
  readonly macs: number;
}

describe('Networks of the literature', () => {
  it('are all in the list', () => assert.deepEqual(fixtureNames().sort(), [...fixtureNetworks].sort()));

  for (const [name, { scheme, parameters }] of Object.entries(literature)) {
    if (parameters === undefined) continue;
    it(`have the published number of parameters: ${name}`, () => {
      const { network, diagnostics } = analyze(JSON.stringify(scheme));
      assert.equal(network?.parameters, parameters, JSON.stringify(diagnostics));
    });
  }
});

describeWithPython('Networks built in PyTorch', (python) => {
  const published = Object.fromEntries(Object.entries(literature).map(([name, { scheme }]) => [name, scheme]));
  const all = Object.entries({ ...networks, ...smallNetworks, ...published });
  let facts: Readonly<Record<string, Facts>>;

  before(() => {
    const program = readFileSync('test/python/networks.py', 'utf8');
    const schemes = JSON.stringify(all.map(([, scheme]) => scheme));
    const answers = JSON.parse(runPython(python, program, ['facts'], schemes)) as Facts[];
    facts = Object.fromEntries(all.map(([name], index) => [name, answers[index]!]));
  });

  it('are sixty at least', () => assert.ok(all.length >= 60));

  for (const [name, scheme] of all) {
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
