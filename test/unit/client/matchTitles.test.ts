import assert from 'node:assert/strict';
import { titlesOf } from '../../../client/panels/matchTitles';

describe('titles of Match panels', () => {
  const scheme = '/lab/shapes/model_scheme.json';
  const titles = (...pairs: [intended: string, exported: string][]) =>
    titlesOf(pairs.map(([intended, exported]) => ({ intended, exported })));

  it("are the exported file's name, or the run's", () => {
    assert.deepEqual(titles([scheme, '/lab/export/cnn.onnx']), ['Match: cnn.onnx']);
    assert.deepEqual(titles([scheme, '/lab/shapes/runs/20261122-141502-3f9a/model.onnx']), ['Match: 3f9a']);
  });

  it('take as much of the path as tells files of one name apart', () => {
    assert.deepEqual(titles([scheme, '/lab/old/model.onnx'], [scheme, '/lab/new/model.onnx']), [
      'Match: old/model.onnx',
      'Match: new/model.onnx',
    ]);
    const runs = ['/a', '/b'].map((lab) => `${lab}/runs/20261122-141502-3f9a/model.onnx`);
    assert.deepEqual(titles([scheme, runs[0]!], [scheme, runs[1]!]), [
      'Match: a/runs/20261122-141502-3f9a/model.onnx',
      'Match: b/runs/20261122-141502-3f9a/model.onnx',
    ]);
  });

  it('say what one file is held against where there are two of it', () => {
    const [wide, model] = ['/lab/wide.json', '/lab/model.onnx'];
    assert.deepEqual(titles([scheme, model], [wide, model], [scheme, '/lab/other.onnx']), [
      'Match: model_scheme.json ↔ model.onnx',
      'Match: wide.json ↔ model.onnx',
      'Match: other.onnx',
    ]);
  });
});
