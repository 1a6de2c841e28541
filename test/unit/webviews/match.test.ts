import assert from 'node:assert/strict';
import type { LayerStatus, LayerVerdict } from '../../../core/match/report';
import { countStatuses, type Line, makeLines, nextDifference } from '../../../webviews/match/lines';
import { pairNodes } from '../../../webviews/match/nodePairs';
import { compareWords } from '../../../webviews/match/words';

/** `same*6 different` is six layers that are the same, and one that differs; their names are their places. */
function layers(text: string): LayerVerdict[] {
  const statuses = text.split(' ').flatMap((part) => {
    const [status, count = '1'] = part.split('*');
    return Array<LayerStatus>(Number(count)).fill(status!.replace('unsure', 'cannot be told') as LayerStatus);
  });
  return statuses.map((status, at) => ({
    name: String(at),
    status,
    reasons: status === 'same' ? [] : [{ kind: status, message: `reason ${at}` }],
    intended: { type: 'conv2d_set', summary: `summary ${at}`, nodes: [{ name: `node ${at}`, opType: 'Conv' }] },
  }));
}

const options = { expanded: new Set<string>(), unfolded: new Set<string>(), foldsAlike: true, search: '' };

/** A fold of n layers is `[n]`, a layer its name, a reason `!`, a node `.`. */
function shape(lines: readonly Line[]): string {
  return lines
    .map((line) => {
      if (line.kind === 'fold') return `[${line.hidden.length}]`;
      if (line.kind === 'repeat') return `{${line.times} x ${line.hidden.length / line.times}}`;
      return line.kind === 'layer' ? line.layer.name : line.kind === 'reason' ? '!' : '.';
    })
    .join(' ');
}

describe('lines of a comparison', () => {
  const linesOf = (text: string, changed: Partial<typeof options> = {}) =>
    shape(makeLines(layers(text), { ...options, ...changed }));

  it('fold long runs of what is alike, but for the neighbours of a difference', () => {
    assert.equal(linesOf('same*6 different same*7'), '[5] 5 6 ! 7 [6]');
    assert.equal(linesOf('same*3 unsure equivalent different'), '[4] 4 5 !');
  });

  it('do not fold short runs, nor anything where nothing differs, nor when that is not wanted', () => {
    assert.equal(linesOf('same*4 missing'), '0 1 2 3 4 !');
    assert.equal(linesOf('same*6'), '0 1 2 3 4 5');
    assert.equal(linesOf('same*6 extra', { foldsAlike: false }), '0 1 2 3 4 5 6 !');
  });

  it('open a fold by its first layer', () => {
    assert.equal(linesOf('same*6 different', { unfolded: new Set(['0']) }), '0 1 2 3 4 5 6 !');
    assert.equal(linesOf('same*6 different', { unfolded: new Set(['1']) }), '[5] 5 6 !');
  });

  it('show the nodes of an expanded layer, and the reasons of one that is alike only then', () => {
    assert.equal(linesOf('equivalent different'), '0 1 !');
    assert.equal(linesOf('equivalent different', { expanded: new Set(['0', '1']) }), '0 ! . 1 ! .');
  });

  it('are searched by name, reason, summary and nodes, folds included', () => {
    assert.equal(linesOf('same*12 different', { search: 'SUMMARY 11' }), '11');
    assert.equal(linesOf('same*12 different', { search: 'reason' }), '12 !');
    assert.equal(linesOf('same*3', { search: 'node 1 conv' }), '1');
    assert.equal(linesOf('same*3', { search: 'dense' }), '');
  });

  it('show of what repeats only the first', () => {
    const alike = (text: string) =>
      layers(text).map((layer) => ({
        ...layer,
        reasons: layer.reasons.map((reason) => ({ ...reason, message: 'again' })),
        intended: { ...layer.intended!, summary: layer.status },
      }));
    const shown = (text: string, changed: Partial<typeof options> = {}) =>
      makeLines(alike(text), { ...options, ...changed });
    const blocks = 'equivalent same unsure equivalent same unsure equivalent same unsure moved';
    assert.equal(shape(shown(blocks)), '0 1 2 {2 x 3} 9 !');
    assert.equal(shape(shown(blocks, { unfolded: new Set(['3']) })), '[8] 8 9 !');
    assert.equal(shape(shown(blocks, { foldsAlike: false })), '0 1 2 3 4 5 6 7 8 9 !');
    assert.equal(shape(shown('same*2 missing*6 same')), '0 1 2 ! {5 x 1} 8');
    assert.equal(nextDifference(shown('same*2 missing*6 same'), 2, 1), 4);
    assert.equal(shape(shown('same*8')), '0 {7 x 1}');
  });

  it('have keys of their own', () => {
    const lines = makeLines(layers('equivalent*3 different same*9'), { ...options, expanded: new Set(['0', '3']) });
    assert.equal(new Set(lines.map(({ key }) => key)).size, lines.length);
  });

  it('lead from difference to difference, round the end', () => {
    const lines = makeLines(layers('same different same missing'), { ...options, foldsAlike: false });
    assert.equal(shape(lines), '0 1 ! 2 3 !');
    assert.deepEqual(
      [0, 1, 4].map((from) => nextDifference(lines, from, 1)),
      [1, 4, 1],
    );
    assert.deepEqual(
      [4, 1, 0].map((from) => nextDifference(lines, from, -1)),
      [1, 4, 4],
    );
    assert.equal(nextDifference(makeLines(layers('same unsure'), options), 0, 1), -1);
  });

  it('count statuses, the worst first', () => {
    assert.deepEqual(countStatuses(layers('same*2 missing same')), [
      ['missing', 1],
      ['same', 3],
    ]);
  });
});

describe('words that differ', () => {
  const marked = (left: string, right: string, settled?: string) =>
    compareWords(left, right, settled).map((side) =>
      side.map(({ text, isChanged }) => (isChanged ? `<${text}>` : text)).join(''),
    );

  it('are marked on both sides, and nothing else', () => {
    assert.deepEqual(marked('convolution 3 x 3, 64 channels', 'convolution 5 x 3, 64 channels'), [
      'convolution <3> x 3, 64 channels',
      'convolution <5> x 3, 64 channels',
    ]);
    assert.deepEqual(marked('dense, 3 units', 'dense, 3 units'), ['dense, 3 units', 'dense, 3 units']);
  });

  it('keep a number whole', () => {
    assert.deepEqual(marked('leaky_relu (0.2)', 'leaky_relu (0.25)'), ['leaky_relu (<0.2>)', 'leaky_relu (<0.25>)']);
  });

  it('are not those that are settled', () => {
    const sides = ['convolution 3 x 3 + batch normalization, relu', 'convolution 5 x 3, relu'] as const;
    assert.deepEqual(marked(...sides, ' + batch normalization'), [
      'convolution <3> x 3 + batch normalization, relu',
      'convolution <5> x 3, relu',
    ]);
    assert.deepEqual(marked(...sides), [
      'convolution <3> x 3< + batch normalization>, relu',
      'convolution <5> x 3, relu',
    ]);
  });

  it('may be all of a side', () => {
    assert.deepEqual(marked('relu', ''), ['<relu>', '']);
  });
});

describe('nodes side by side', () => {
  const rows = (intended: string, exported: string) => {
    const nodes = (text: string) => text.split(' ').flatMap((opType) => (opType ? [{ name: opType, opType }] : []));
    return pairNodes(nodes(intended), nodes(exported))
      .map(([left, right]) => `${left?.opType ?? '-'}|${right?.opType ?? '-'}`)
      .join(' ');
  };

  it('are those of the same operator, as far as the order allows', () => {
    assert.equal(rows('Conv BatchNorm Relu Pool', 'Conv Relu Pool'), 'Conv|Conv BatchNorm|- Relu|Relu Pool|Pool');
    assert.equal(rows('Conv Relu', 'Pad Conv Relu'), '-|Pad Conv|Conv Relu|Relu');
    assert.equal(rows('Conv Relu', 'Relu Conv'), 'Conv|- Relu|Relu -|Conv');
  });

  it('are others where nothing is alike between them', () => {
    assert.equal(rows('Gemm Relu', 'MatMul Add Relu'), 'Gemm|MatMul -|Add Relu|Relu');
    assert.equal(rows('', 'Add'), '-|Add');
    assert.equal(rows('', ''), '');
  });
});
