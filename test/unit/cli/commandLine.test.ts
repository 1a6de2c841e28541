import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../../cli/commandLine';

/** Runs one command line and gives what it printed. */
async function matchdown(...argv: string[]) {
  const printed = { out: '', err: '' };
  const status = await runCommandLine(argv, {
    out: (text) => {
      printed.out += `${text}\n`;
    },
    err: (text) => {
      printed.err += `${text}\n`;
    },
    progress: () => undefined,
    paint: (_, text) => text,
  });
  return { status, ...printed };
}

describe('the command line', () => {
  let folder: string;
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "match down $(touch x) '한글' "));
  });
  after(() => rmSync(folder, { recursive: true }));

  const network = '{"type": "dense_set", "unit": 4, "activation": "relu"}';
  const scheme = (layer = network) =>
    `{"data": {"input_size": [3], "label_dim": 2}, "model": {"network": [\n  ${layer}\n]}}`;

  it('says what is wrong with itself, and exits with 2', async () => {
    assert.match((await matchdown('chekc')).err, /no command "chekc".* Did you mean "check"\?/);
    assert.match(
      (await matchdown('run', '--traget', 'x')).err,
      /no option "--traget"\. Did you mean "--target"\?\nUsage/,
    );
    assert.match((await matchdown('run', 'x', '--target')).err, /^--target needs a value; write --target=VALUE/);
    assert.match((await matchdown('run', 'x', '--target', '-x')).err, /^--target needs a value; write --target=VALUE/);
    assert.match((await matchdown('run', 'x', '--detach=1')).err, /^--detach takes no value\.\n/);
    assert.match((await matchdown('run', '--help=1')).err, /^--help takes no value\.\n/);
    assert.match((await matchdown('runs', 'shwo')).err, /not "shwo"\. Did you mean "show"\?/);
    assert.match((await matchdown('targets', 'chekc')).err, /not "chekc"\. Did you mean "check"\?/);
    assert.match((await matchdown('targets', 'check', 'embeded')).err, /no such target\. Did you mean "embedded"\?/);
    assert.match((await matchdown('label')).err, /not there yet/);
    assert.match((await matchdown('check')).err, /Name at least one scheme\.\nUsage: matchdown check/);
    assert.match((await matchdown('check', 'x', '--format', 'xml')).err, /text, json, sarif, not "xml"/);
    assert.match((await matchdown('describe', '--nope')).err, /no option "--nope"\.\nUsage/);
    for (const argv of [['chekc'], ['sweep'], ['check'], ['describe', '--nope'], ['toString']]) {
      assert.equal((await matchdown(...argv)).status, 2);
    }
  });

  it('names the file and the next step when it cannot read it', async () => {
    const missing = await matchdown('check', path.join(folder, 'missing.json'));
    assert.deepEqual([missing.status, missing.out], [2, '']);
    assert.match(missing.err, /missing\.json: There is no such file\. Check the path\.\n$/);
    assert.match((await matchdown('describe', folder)).err, /This is a folder/);
    writeFileSync(path.join(folder, 'binary.json'), Uint8Array.of(0xff, 0xfe, 0x00));
    assert.match((await matchdown('check', path.join(folder, 'binary.json'))).err, /no UTF-8 text/);
  });

  it('checks: 0 for a valid scheme, 1 for one that cannot be built', async () => {
    const valid = await matchdown('check', file('ok.json', `\ufeff${scheme()}`), '--format', 'json');
    assert.equal(valid.status, 0);
    assert.deepEqual(Object.keys(JSON.parse(valid.out)[0]), ['file', 'diagnostics']);
    const broken = await matchdown('check', file('bad.json', scheme('{"type": "dense_set", "unti": 4}')));
    assert.equal(broken.status, 1);
    assert.match(broken.out, /bad\.json:2:\d+: error: .*unti.*\[scheme\//);
  });

  it('writes SARIF with places that count from 1', async () => {
    const broken = file('sarif 한글.json', scheme('{"type": "dense_st", "unit": 4}'));
    const { runs } = JSON.parse((await matchdown('check', broken, '--format', 'sarif')).out);
    const [{ physicalLocation }] = runs[0].results[0].locations;
    assert.equal(physicalLocation.region.startLine, 2);
    assert.equal(runs[0].results[0].level, 'error');
    assert.ok(physicalLocation.artifactLocation.uri.startsWith('file:///'));
  });

  it('describes: shapes, parameters and totals', async () => {
    const described = JSON.parse((await matchdown('describe', file('d.json', scheme()), '--format', 'json')).out);
    assert.equal(described.parameters, 3 * 4 + 4 + (4 * 2 + 2));
    assert.deepEqual(described.layers[0].outputShape, [4]);
    const invalid = await matchdown('describe', file('e.json', scheme('{"type": "dense_set"}')));
    assert.deepEqual([invalid.status, invalid.out], [1, '']);
    assert.match(invalid.err, /unit/);
  });

  it('compiles to a file, and says when it cannot write', async () => {
    const model = file('c.json', scheme());
    assert.equal((await matchdown('compile', model, '-o', path.join(folder, 'c.onnx'))).status, 0);
    const nowhere = await matchdown('compile', model, '-o', path.join(folder, 'no/where/c.onnx'));
    assert.equal(nowhere.status, 2);
    assert.match(nowhere.err, /Make the folder/);
    assert.equal((await matchdown('compile', model, '-o', 'x.onnx', '--opset', 'new')).status, 2);
  });
});
