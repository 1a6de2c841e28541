import assert from 'node:assert/strict';
import { placesIn } from '../../../client/runs/outputPlaces';

describe('Files in the output of a run', () => {
  const found = (text: string) =>
    placesIn(text).map(({ startIndex, length, file, line, column }) => [
      text.slice(startIndex, startIndex + length),
      file,
      line,
      column,
    ]);

  for (const [text, expected] of [
    ['  File "src/train.py", line 12, in main', [['File "src/train.py", line 12', 'src/train.py', 12, undefined]]],
    ['train.py:12:3: error', [['train.py:12:3', 'train.py', 12, 3]]],
    ['모델/훈련.py:7 을 보세요', [['모델/훈련.py:7', '모델/훈련.py', 7, undefined]]],
    ['wrote /tmp/a b/model.onnx.', [['b/model.onnx', 'b/model.onnx', undefined, undefined]]],
    ['loss/train 0.25  1e-3 epoch 3/50', []],
    [
      'see checkpoints/last.safetensors, please',
      [['checkpoints/last.safetensors', 'checkpoints/last.safetensors', undefined, undefined]],
    ],
  ] as const)
    it(text, () => assert.deepEqual(found(text), expected));
});
