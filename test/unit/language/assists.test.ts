import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type CodeAction, CodeActionKind } from 'vscode-languageserver-types';
import { codeActionsAt } from '../../../core/language/codeActions';
import { snapshotOfText } from '../../../core/language/snapshot';
import { fixture, scheme } from './fixture';

/** What an assist makes of the document; nothing where it is not offered. */
function assisted(marked: string, kind: string): string | undefined {
  const { snapshot, position } = fixture(marked);
  const actions = codeActionsAt(snapshot, { start: position, end: position }, [kind]);
  assert.ok(actions.length < 2);
  return actions[0] && applied(snapshot.document, actions[0]);
}

function applied(document: TextDocument, { edit }: CodeAction): string {
  return TextDocument.applyEdits(document, edit?.changes?.[document.uri] ?? []);
}

const extracted = (marked: string) => assisted(marked, CodeActionKind.RefactorExtract);
const writtenOut = (marked: string) => assisted(marked, CodeActionKind.RefactorInline);

/** What a text comes to: operations with their shapes, without the names of the layers. */
function operationsOf(text: string) {
  const { network, diagnostics } = snapshotOfText(text).analysis;
  assert.ok(network, diagnostics.map(({ message }) => message).join('\n'));
  return network.operations
    .filter(({ kind }) => kind !== 'flatten')
    .map(({ kind, outputShape, parameters }) => ({
      kind,
      outputShape,
      parameters: parameters.map(({ role, shape }) => [role, ...shape].join(' ')),
    }));
}

/** Projections may stand elsewhere in the order. */
function inAnyOrder(text: string): string[] {
  return operationsOf(text)
    .map((operation) => JSON.stringify(operation))
    .sort();
}

function assertSame(before: string, after: string | undefined): void {
  assert.ok(after !== undefined);
  assert.deepEqual(inAnyOrder(after), inAnyOrder(before.replace('$0', '')));
}

const conv = (name: string, more = '') =>
  `{ "name": "${name}", "type": "conv2d_set", "kernel": [3, 3], "channel": 8${more} }`;
const norm = (name: string, more = '') => `{ "name": "${name}", "type": "batch_normalization"${more} }`;
const lines = (...layers: readonly string[]) => scheme(layers.join(',\n      '));

describe('layers that repeat', () => {
  it('become a block, one layer or several to a round', () => {
    const same = lines(conv('one', ', "stride": 2'), conv('two$0'), conv('three'), conv('four'), conv('five'));
    const block = extracted(same);
    assertSame(same, block);
    assert.match(block ?? '', /"repeat": 4/);
    const several = lines(conv('a'), norm('b$0'), conv('c'), norm('d'));
    assert.equal(
      extracted(several),
      lines(
        [
          '{',
          '        "name": "block_1",',
          '        "type": "block",',
          '        "repeat": 2,',
          '        "network": [',
          `          ${conv('a')},`,
          `          ${norm('b')}`,
          '        ]',
          '      }',
        ].join('\n'),
      ),
    );
  });

  it('keep their branches, and whoever uses the last one uses the block', () => {
    const marked = lines(
      conv('stem'),
      conv('a1'),
      conv('b1', ', "activation": "relu"'),
      '{ "name": "c1", "type": "add", "inputs": ["stem", "b1"] }',
      conv('a2$0'),
      conv('b2', ', "activation": "relu"'),
      '{ "name": "c2", "type": "add", "inputs": ["c1", "b2"] }',
      norm('after', ', "input": "c2"'),
    );
    const block = extracted(marked);
    assert.match(block ?? '', /"inputs": \["data", "b1"\]/);
    assert.match(block ?? '', /"name": "after", "type": "batch_normalization", "input": "block_1"/);
  });

  it('keep an input that is not the layer before', () => {
    const marked = lines(
      conv('x'),
      norm('y'),
      conv('a', ', "input": "x", "dilation": 2'),
      conv('b$0', ', "dilation": 2'),
      '{ "type": "add", "inputs": ["y", "b"] }',
    );
    const block = extracted(marked);
    assert.match(block ?? '', /"input": "x",\n\s+"repeat": 2/);
    assertSame(marked, block);
  });

  it('are the same with a default written out, and with CRLF', () => {
    const marked = lines(conv('a$0'), conv('b', ', "stride": 1')).replaceAll('\n', '\r\n');
    const block = extracted(marked);
    assertSame(marked, block);
    assert.doesNotMatch(block ?? '', /[^\r]\n/);
  });

  it('stay as they are where a setting differs, something else uses one, or a comment would be lost', () => {
    assert.equal(extracted(lines(conv('a$0'), conv('b', ', "stride": 2'))), undefined);
    assert.equal(extracted(lines(conv('a$0'), norm('b'))), undefined);
    const used = lines(conv('a$0'), conv('b'), '{ "type": "add", "inputs": ["a", "b"] }');
    assert.equal(extracted(used), undefined);
    assert.equal(extracted(lines(conv('a$0'), `/* why */ ${conv('b')}`)), undefined);
    assert.equal(extracted(lines(conv('a$0'), conv('b', ', "input": "data"'))), undefined);
    assert.equal(
      extracted(
        lines('{ "type": "dropout$0", "rate": 0.5 }', '{ "type": "dropout", "rate": 0.5, "input": "dropout_1" }'),
      ),
      undefined,
    );
    assert.equal(extracted(`${lines(conv('a$0'), conv('b'))}{`), undefined);
  });
});

describe('a block', () => {
  const block = (inner: string, more = '') =>
    `{ "name": "block_1", "type": "block$0", "network": [ ${inner} ]${more} }`;

  it('is written out round after round; the last layer keeps its name', () => {
    const marked = lines(
      conv('stem'),
      block(`${conv('a')}, ${norm('b')}`, ', "repeat": 2'),
      conv('last', ', "input": "block_1"'),
    );
    assert.equal(
      writtenOut(marked),
      lines(
        conv('stem'),
        conv('block_1_1_a'),
        norm('block_1_1_b'),
        conv('block_1_2_a'),
        norm('block_1'),
        conv('last', ', "input": "block_1"'),
      ),
    );
  });

  it('with its shortcuts and its activation', () => {
    const inner = `${conv('a', ', "batch_normalization": true, "activation": "relu"')}, ${conv('b', ', "batch_normalization": true')}`;
    for (const more of [', "shortcut": "identity", "repeat": 3', ', "shortcut": "projection", "activation": "relu"']) {
      const marked = lines(conv('stem'), block(inner, more));
      assertSame(marked, writtenOut(marked));
    }
    const projected = block(
      conv('a', ', "stride": 2, "batch_normalization": { "epsilon": 0.01 }'),
      ', "shortcut": "projection", "repeat": 2',
    );
    for (const marked of [
      lines(
        '{ "name": "n", "type": "flatten" }',
        block('{ "type": "dense_set", "unit": 5 }', ', "shortcut": "projection"'),
      ),
      lines(projected),
    ])
      assertSame(marked, writtenOut(marked));
  });

  it('with the inputs that are named inside and outside', () => {
    const inner = `${conv('a')}, ${norm('b')}, { "name": "c", "type": "add", "inputs": ["data", "a"] }`;
    const used = `${inner}, { "type": "add", "inputs": ["b", "c"] }`;
    const marked = lines(
      conv('x'),
      norm('y'),
      block(used, ', "input": "x", "repeat": 2'),
      '{ "type": "add", "inputs": ["y", "block_1"] }',
    );
    assertSame(marked, writtenOut(marked));
  });

  it('is put together again by the other assist', () => {
    const marked = lines(conv('stem', ', "stride": 2'), block(`${conv('a')}, ${norm('b')}`, ', "repeat": 3'));
    const out = writtenOut(marked) ?? '';
    assertSame(marked, extracted(out.replace('block_1_2_a', 'block_1_2_a$0')));
  });

  it('stays where a comment would be lost, where it is broken, and where there is none', () => {
    assert.equal(writtenOut(lines(conv('stem'), block(conv('a'), ', /* deep */ "repeat": 2'))), undefined);
    assert.equal(writtenOut(lines(block(conv('a'), ', "shortcut": "identity"'))), undefined);
    assert.equal(writtenOut(lines(conv('stem$0'))), undefined);
    assert.equal(writtenOut(lines(conv('stem'), block(conv('a'), ', "repeat": 1000'))), undefined);
  });
});
