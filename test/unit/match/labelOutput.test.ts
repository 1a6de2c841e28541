import assert from 'node:assert/strict';
import { compareSides, isAlike } from '../../../core/match/compare/compare';
import { matchSides } from '../../../core/match/match';
import { withoutLabels } from '../../../core/match/prepare/labelOutput';
import { parseModel } from '../../../core/onnx/parseText';
import { side } from './fixtures';

const LOOK_UP =
  'i = ArgMax<axis = 1>(p)\n c = ai.onnx.ml.ArrayFeatureExtractor(classes, i)\n r = Reshape(c, t)\n label = Cast<to = 7>(r)';
const CUT = 'c = ai.onnx.ml.Binarizer<threshold = 0.5>(p)\n label = Cast<to = 7>(c)';
const ZIP = 'map = ai.onnx.ml.ZipMap<classlabels_strings = ["a", "b"]>(p)';

/** A classifier of two classes with scores `p`, and what else it gives out. */
function classifier(more: string, outputs: string, classes = '7, 9'): string {
  const constants = `float[3,2] w, float[2] b, int64[2] classes = {${classes}}, int64[1] t = {-1}`;
  return `<opset_import: ["" : 17, "ai.onnx.ml" : 1]> g (float[batch,3] x) => (${outputs}) <${constants}> {
    m = MatMul(x, w)\n a = Add(m, b)\n p = Softmax<axis = 1>(a)\n ${more}\n}`;
}

const BARE = classifier('', 'float[batch,2] p');
const LABELLED = classifier(LOOK_UP, 'int64[batch] label, float[batch,2] p');

function kept(text: string): readonly string[] | undefined {
  return withoutLabels(parseModel(text), {})?.model.graph.outputs.map(({ name }) => name);
}

function told(intended: string, exported: string): readonly string[] {
  const { rows } = compareSides(side(intended), side(exported));
  return rows.flatMap(({ reasons }) => reasons.map(({ kind, message }) => `${kind}: ${message}`));
}

describe('labels that a classifier gives out', () => {
  it('are taken off, with the nodes that look them up', () => {
    const found = withoutLabels(parseModel(LABELLED), {})!;
    assert.deepEqual(
      found.model.graph.nodes.map(({ opType }) => opType),
      ['MatMul', 'Add', 'Softmax'],
    );
    assert.deepEqual(
      found.model.graph.initializers.map(({ name }) => name),
      ['w', 'b'],
    );
    assert.deepEqual([found.outputs, found.classes], [['label'], [7, 9]]);
  });

  it('are taken off as cuts at a half, as maps, and where the scores are handed on', () => {
    assert.deepEqual(kept(classifier(CUT, 'int64[batch,2] label, float[batch,2] p')), ['p']);
    assert.deepEqual(kept(classifier(`${LOOK_UP}\n ${ZIP}`, 'int64[batch] label, float map')), ['p']);
    assert.deepEqual(kept(classifier(`q = Identity(p)\n ${LOOK_UP}`, 'int64[batch] label, float[batch,2] q')), ['q']);
  });

  it('stay where they are something else', () => {
    const others = {
      'of another value': LOOK_UP.replace('(p)', '(a)'),
      'along another axis': LOOK_UP.replace('axis = 1', 'axis = 0'),
      'the last of equals': LOOK_UP.replace('axis = 1', 'axis = 1, select_last_index = 1'),
      'the smallest': LOOK_UP.replace('ArgMax', 'ArgMin'),
      'cut elsewhere': CUT.replace('0.5', '0.7'),
      'counted on': LOOK_UP.replace('Cast<to = 7>(r)', 'Add(r, t)'),
    };
    for (const [name, nodes] of Object.entries(others)) {
      assert.equal(kept(classifier(nodes, 'int64[batch] label, float[batch,2] p')), undefined, name);
    }
    assert.equal(kept(classifier(LOOK_UP, 'int64[batch] label')), undefined, 'the only output');
    assert.equal(kept(BARE), undefined);
  });

  it('are named, on whichever side they are', () => {
    const message = 'label output behind the scores (ArgMax, ArrayFeatureExtractor, Reshape, Cast)';
    assert.ok(told(BARE, LABELLED).includes(`equivalent: ${message}`));
    assert.ok(told(LABELLED, BARE).includes(`equivalent: in the intended graph: ${message}`));
    assert.ok(isAlike(compareSides(side(BARE), side(LABELLED)).rows));
  });

  it('differ where the classes are called otherwise, and are open where that is not read', () => {
    const other = classifier(LOOK_UP, 'int64[batch] label, float[batch,2] p', '9, 7');
    assert.ok(!isAlike(compareSides(side(LABELLED), side(other)).rows));
    assert.ok(isAlike(compareSides(side(LABELLED), side(LABELLED)).rows));
    const cut = classifier(CUT, 'int64[batch,2] label, float[batch,2] p');
    assert.ok(told(LABELLED, cut).some((line) => line.startsWith('cannot be told: labels')));
  });

  it('are not run: a runtime need not know maps and texts', async () => {
    const zipped = classifier(`${LOOK_UP}\n ${ZIP}`, 'int64[batch] label, float map');
    const report = await matchSides(side(BARE), side(zipped), async ({ exported, exportedModel }) => {
      assert.deepEqual(exported.outputs, ['p']);
      assert.deepEqual(
        exportedModel?.graph.outputs.map(({ name }) => name),
        ['p'],
      );
      return { done: true, holds: true };
    });
    assert.equal(report.verdict, 'match');
  });
});
