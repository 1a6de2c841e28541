import assert from 'node:assert/strict';
import { setMessages } from '../../../core/l10n';
import { reportCharts } from '../../../core/report/charts';
import { buildReport, type RunMaterial } from '../../../core/report/data';
import type { Evaluation } from '../../../core/report/evaluation';
import { renderMarkdown } from '../../../core/report/markdown';
import { plain } from '../../../core/report/markdownText';
import { record } from '../runs/records';

const finished = record({
  name: 'a|b',
  state: 'finished',
  history: [
    { state: 'running', time: '2026-11-22T14:15:02.000Z' },
    { state: 'finished', time: '2026-11-22T14:16:32.500Z' },
  ],
  host: 'laptop',
  scheme: { path: 'model_scheme.json', sha256: 'ab'.repeat(32) },
  versions: {},
  purpose: '# wider <script>alert(1)</script>',
  metrics: { final: { 'loss/train': 0.123456, 'accuracy/validation': 0.75 }, best: { 'loss/train': 0.1 } },
});

const evaluation = (predicted: readonly number[]): Evaluation => ({
  labelType: 'classification',
  classes: ['circle', 'square'],
  truth: [0, 0, 1, 1],
  prediction: predicted.flatMap((one) => (one === 0 ? [0.9, 0.1] : [0.2, 0.8])),
  outputs: 2,
  samples: ['a.png', 'b.png', 'c.png', 'd.png'],
});

const run = (changes: Partial<RunMaterial> = {}): RunMaterial => ({
  name: 'run 1',
  folder: '/runs/1',
  record: finished,
  schemeText: '{"model": {"learning_rate": 0.01}}',
  series: [{ tag: 'loss/train', steps: [1, 2, 3], wallTimes: [1, 2, 3], values: [3, 2, 1], total: 3 }],
  evaluation: evaluation([0, 0, 1, 0]),
  ...changes,
});

const parent = {
  ...run({ schemeText: '{"model": {"learning_rate": 0.001}}', evaluation: evaluation([1, 1, 1, 0]) }),
  name: 'run 0',
};
const note = (existing?: string) =>
  renderMarkdown(buildReport([{ run: run(), parent: { ...parent, relation: 'run before' } }]), {
    picturePath: (file) => `note.pictures/${file}`,
    existing,
  });

describe('a lab note', () => {
  it('says what changed, what ran and what came out', () => {
    const text = note();
    assert.match(text, /`model\.learning_rate`: `0\.001` → `0\.01`/);
    assert.match(text, /\| `run 1` \| finished \| embedded \(laptop\) \| 1 min 31 s \|/);
    assert.match(text, /\*\*75\.00 %\*\* \(3 of 4\), 95 % interval 30\.06 % to 95\.44 %/);
    assert.match(text, /On the same samples 2 became right and 0 became wrong; chance alone explains that/);
    assert.match(text, /\| \*\*square\*\* \| 1 \| 1 \|/);
    assert.match(text, /\| `d\.png` \| square \| circle \| 90\.00 % \|/);
    assert.match(text, /!\[loss – run 1\]\(<note\.pictures\/run_1-loss\.svg>\)/);
  });

  it('tells states in the language of the note', () => {
    setMessages({ finished: '완료' });
    try {
      assert.match(note(), /\| `run 1` \| 완료 \| embedded/);
    } finally {
      setMessages({});
    }
  });

  it('takes no text of a file for markup', () => {
    assert.match(note(), /\n\\# wider \\<script\\>alert\(1\)\\<\/script\\>\n/);
  });

  it('escapes no more than it must', () => {
    assert.equal(plain('20261122-1 conv_layer_1: 3 - 2'), '20261122-1 conv_layer_1: 3 - 2');
    assert.equal(plain('_a_ *b* [c](d) <e> `f`'), '\\_a\\_ \\*b\\* \\[c\\](d) \\<e\\> \\`f\\`');
    assert.deepEqual(['# a', '- a', '1. a', '1.5', '-3'].map(plain), ['\\# a', '\\- a', '1\\. a', '1.5', '-3']);
  });

  it("keeps the person's part, to the letter, however often it is refreshed", () => {
    const mine = note().replace('(Your part. It is never overwritten.)', 'I think: $& \\ `x`\r\n\r\nmore\r\n');
    const before = `---\ntags: mine\n---\n${mine}`;
    const again = note(before);
    assert.equal(again, before);
    assert.equal(note(again), before);
  });

  it('is put in front of a note that a person began', () => {
    assert.ok(note('# My own words').endsWith('\n\n# My own words'));
  });

  it('says so where a run has nothing but logs', () => {
    const foreign = { name: 'logs', folder: '/logs', series: [] };
    const text = renderMarkdown(buildReport([{ run: foreign }]), { picturePath: (file) => file });
    assert.match(text, /Not known: this run has no scheme\./);
    assert.match(text, /only TensorBoard logs/);
    assert.match(text, /No curves and no evaluation/);
  });

  it('says why there is no evaluation, and everything else', () => {
    const damaged = run({ evaluation: undefined, evaluationMissing: 'The evaluation cannot be read: byte 7.' });
    const text = renderMarkdown(buildReport([{ run: damaged }]), { picturePath: (file) => file });
    assert.match(text, /\| `accuracy\/validation` \| 0\.75 \| – \|\n\nThe evaluation cannot be read: byte 7\.\n/);
  });

  it('draws the parent in grey beside the run, and no text as markup', () => {
    const [loss] = reportCharts(buildReport([{ run: run(), parent: { ...parent, relation: 'parent' } }]));
    assert.deepEqual(
      loss.chart.lines.map(({ label, muted }) => [label, muted]),
      [
        ['train', false],
        ['train (before)', true],
      ],
    );
  });
});
