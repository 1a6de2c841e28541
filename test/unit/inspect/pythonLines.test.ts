import assert from 'node:assert/strict';
import { pythonLines } from '../../../core/inspect/pythonLines';

/** As PyTorch 2.13 wrote it. */
const trace = `File "/home/lab/model.py", line 20, in forward
    x = b(x)
  File "/home/lab/model.py", line 10, in forward
    y, _ = self.att(x, x, x, need_weights=False)
  File "/opt/venv/lib/python3.11/site-packages/torch/nn/modules/activation.py", line 1494, in forward
    attn_output, attn_output_weights = F.multi_head_attention_forward(`;

describe('Python lines of a node', () => {
  it('are the innermost first, without those of libraries', () => {
    assert.deepEqual(pythonLines(trace), [
      {
        file: '/home/lab/model.py',
        line: 10,
        function: 'forward',
        text: 'y, _ = self.att(x, x, x, need_weights=False)',
      },
      { file: '/home/lab/model.py', line: 20, function: 'forward', text: 'x = b(x)' },
    ]);
  });

  it("are the library's where there is no other", () => {
    const library = trace.slice(trace.indexOf('File "/opt'));
    assert.deepEqual(
      pythonLines(library).map(({ line }) => line),
      [1494],
    );
  });

  it('may lack their text, and other texts have none', () => {
    const bare = 'File "a b.py", line 3, in <lambda>\n  File "c.py", line 4, in f\n    return 1';
    assert.deepEqual(
      pythonLines(bare).map(({ file, text }) => [file, text]),
      [
        ['c.py', 'return 1'],
        ['a b.py', ''],
      ],
    );
    assert.deepEqual(pythonLines('no trace'), []);
  });
});
