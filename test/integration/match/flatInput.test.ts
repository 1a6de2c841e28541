import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MatchReport } from '../../../core/match/report';
import { parseModel } from '../../../core/onnx/parseText';
import { encodeModel } from '../../../core/onnx/write';
import { matchFiles } from '../../../engine/match';

/** A classifier of 4 x 3 pictures in two hidden units, or of rows of as many values. */
function scheme({ channels = 1, size = [4, 3, channels] as number[], layers = [] as object[] } = {}): string {
  const input = size.length > 1 ? { image_size: size } : { input_size: size };
  const hidden = { name: 'hidden', type: 'dense_set', unit: 2, activation: 'relu' };
  const network = [...layers, hidden, { name: 'output', type: 'dense_set', unit: 2 }];
  return JSON.stringify({ data: { batch_size: 8, label_dim: 2, ...input }, model: { learning_rate: 0.1, network } });
}

const LAYERS = 'float[2] hb = {1, 2}, float[2,2] o = {1, 2, 3, 4}, float[2] ob = {3, 4}';
const DENSE = 'h1 = MatMul(flat, h)\n h2 = Add(h1, hb)\n h3 = Relu(h2)\n y1 = MatMul(h3, o)\n y = Add(y1, ob)';

/** The weights of the hidden layer, for values that come in the order of `places`. */
function hidden(places: readonly number[]): string {
  const values = places.flatMap((place) => [Math.sin(place), Math.cos(place)]);
  return `float[${places.length},2] h = {${values.map((value) => value.toFixed(4)).join(', ')}}`;
}

const inOrder = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place);
/** Rows, columns, channels of what lies as channels, rows, columns. */
const channelsLast = (count: number, channels: number): readonly number[] =>
  inOrder(count).map((place) => (place % channels) * (count / channels) + Math.floor(place / channels));

/** As skl2onnx 1.20 writes an `MLPClassifier` of rows, but for the labels: `Cast`, `MatMul`, `Add`, `Relu`. */
function rows(count: number, nodes = 'flat = Cast<to = 1>(x)', places = inOrder(count), more = ''): string {
  return `g (float[batch,${count}] x) => (float[batch,2] y) <${hidden(places)}, ${LAYERS}${more}> {\n${nodes}\n ${DENSE}\n}`;
}

/** As PyTorch's exporter writes `nn.Flatten` in front. */
function pictures(sizes: readonly number[], nodes = 'flat = Flatten(x)'): string {
  const count = sizes.reduce((product, size) => product * size, 1);
  return `g (float[batch,${sizes}] x) => (float[batch,2] y) <${hidden(inOrder(count))}, ${LAYERS}> {\n${nodes}\n ${DENSE}\n}`;
}

describe('an input that is flattened before the network', () => {
  let folder: string;
  const file = (name: string, content: string): string => {
    const at = path.join(folder, name);
    writeFileSync(at, name.endsWith('.onnx') ? encodeModel(parseModel(content)) : content);
    return at;
  };
  const match = (intended: string, exported: string): Promise<MatchReport> => {
    const named = (text: string, name: string): string =>
      file(`${name}.${text.startsWith('{') ? 'json' : 'onnx'}`, text);
    return matchFiles(named(intended, 'intended'), named(exported, 'exported'));
  };
  const said = ({ layers }: MatchReport): string =>
    layers.flatMap(({ reasons }) => reasons.map((each) => each.message)).join('\n');
  const assertMatch = (report: MatchReport, words: RegExp): void => {
    assert.equal(report.verdict, 'match', `${said(report)}\n${report.proof.reason}`);
    assert.ok(report.proof.holds);
    assert.match(said(report), words);
  };

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is the picture, row by row, where there is one channel', async () => {
    const report = await match(scheme(), rows(12));
    assertMatch(report, /a row of 12 values: 4 x 3 x 1 flattened in the order row, column/);
    const row = report.layers.find(({ name }) => name === 'hidden');
    assert.ok(row?.status === 'equivalent' && row.reasons.some(({ message }) => /flattened before/.test(message)));
    assert.ok(!report.cannotBeTold.some((each) => /order/.test(each)));
  });

  it('leaves open in which order several channels come', async () => {
    const report = await match(scheme({ channels: 2 }), rows(24));
    assertMatch(report, /an order that it does not show \(channel, row, column; row, column, channel\)/);
    assert.ok(report.cannotBeTold.some((each) => /4 x 3 x 2 flattened/.test(each)));
  });

  it('has the order in which the graph makes a picture of it again', async () => {
    const layers = [{ name: 'convolution', type: 'conv2d_set', kernel: [1, 1], channel: 2, padding: 'same' }];
    const constants = ', int64[4] t = {0, 4, 3, 2}, float[2,2,1,1] c = {1, 2, 3, 4}, float[2] cb = {5, 6}';
    const convolution = 'v = Conv(u, c, cb)\n flat = Flatten(v)';
    const last = `p = Reshape(x, t)\n u = Transpose<perm = [0, 3, 1, 2]>(p)\n ${convolution}`;
    assertMatch(
      await match(scheme({ channels: 2, layers }), rows(24, last, inOrder(24), constants)),
      /row, column, channel/,
    );
    const first = `u = Reshape(x, t)\n ${convolution}`;
    const shape = constants.replace('{0, 4, 3, 2}', '{-1, 2, 4, 3}');
    assertMatch(
      await match(scheme({ channels: 2, layers }), rows(24, first, inOrder(24), shape)),
      /channel, row, column/,
    );
    const columns = constants.replace('{0, 4, 3, 2}', '{-1, 2, 3, 4}');
    assert.equal(
      (await match(scheme({ channels: 2, layers }), rows(24, first, inOrder(24), columns))).verdict,
      'mismatch',
    );
  });

  it('is told of a scheme, too, whose rows an export takes as pictures', async () => {
    const report = await match(scheme({ size: [24] }), pictures([2, 4, 3]));
    assertMatch(report, /in the intended graph: a row of 24 values; the other side takes 2 x 4 x 3 and flattens it/);
  });

  it('has the order in which two files have the same weights', async () => {
    const [picture, same] = [pictures([2, 4, 3]), rows(24)];
    assertMatch(await match(picture, same), /flattened in the order 2 x 4 x 3/);
    assertMatch(await match(same, picture), /in the intended graph: .* in the order 2 x 4 x 3/);
    const permuted = rows(24, undefined, channelsLast(24, 2));
    assertMatch(await match(picture, permuted), /flattened in the order 4 x 3 x 2/);
    const other = rows(24, undefined, [...inOrder(24)].reverse());
    assertMatch(await match(picture, other), /does not show/);
  });

  it('is normalised by one number for all values', async () => {
    const normalized = scheme().replace('"data":{', '"data":{"normalize":"min_max",');
    const scaled = 'a = Sub(x, low)\n flat = Div(a, range)';
    const report = await match(normalized, rows(12, scaled, inOrder(12), ', float low = {3}, float range = {247}'));
    assertMatch(report, /min_max normalisation in front/);
    const each = ', float[12] low = {1,2,3,4,5,6,7,8,9,10,11,12}, float range = {247}';
    assert.equal((await match(normalized, rows(12, scaled, inOrder(12), each))).verdict, 'mismatch');
  });

  it('is another input with another number of values, or without a flatten', async () => {
    assert.equal((await match(scheme(), rows(13))).verdict, 'mismatch');
    const pooled = pictures(
      [2, 4, 3],
      'a = GlobalAveragePool(x)\n b = Flatten(a)\n flat = Concat<axis = 1>(b,b,b,b,b,b,b,b,b,b,b,b)',
    );
    assert.equal((await match(pooled, rows(24))).verdict, 'mismatch');
    assert.equal((await match(scheme(), scheme({ size: [12] }))).verdict, 'mismatch');
  });
});
