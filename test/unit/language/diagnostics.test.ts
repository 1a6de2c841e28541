import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DiagnosticTag } from 'vscode-languageserver-types';
import { codeActionsAt } from '../../../core/language/codeActions';
import { diagnosticsOf, extraDiagnosticsOf } from '../../../core/language/diagnostics';
import { isScheme } from '../../../core/language/selector';
import { rangeOf, snapshotOfText } from '../../../core/language/snapshot';
import type { Diagnostic } from '../../../core/scheme/diagnostics';
import { processorSeconds } from '../../support/processorTime';
import { fixture, scheme } from './fixture';

const conv = '{ "name": "one", "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "batch_normalization": "true" }';

function actionsOf(marked: string, only?: readonly string[]): Readonly<Record<string, string>> {
  const { snapshot, position } = fixture(marked);
  const actions = codeActionsAt(snapshot, { start: position, end: position }, only);
  const applied = actions.map(({ title, edit }) => [
    title,
    TextDocument.applyEdits(snapshot.document, edit?.changes?.[snapshot.document.uri] ?? []),
  ]);
  return Object.fromEntries(applied);
}

describe('diagnostics', () => {
  it('say where, how bad, what, and what else belongs to it', () => {
    const snapshot = snapshotOfText(scheme(`${conv}, ${conv}`));
    const duplicate = diagnosticsOf(snapshot).find(({ code }) => code === 'scheme/duplicate-name');
    assert.equal(duplicate?.severity, 1);
    assert.equal(duplicate?.source, 'matchdown');
    assert.equal(snapshot.document.getText(duplicate?.range), '"one"');
    assert.equal(duplicate?.relatedInformation?.[0]?.location.uri, snapshot.document.uri);
  });

  it('fade what could be left out', () => {
    const faded = diagnosticsOf(snapshotOfText('{ "data": {}, }')).find(({ code }) => code === 'scheme/trailing-comma');
    assert.deepEqual(faded?.tags, [DiagnosticTag.Unnecessary]);
  });

  describe('of another source', () => {
    const difference: Diagnostic = {
      code: 'match/kernel',
      severity: 'error',
      message: '5x5 for 3x3',
      layer: 'one',
      path: ['model', 'network', 0, 'kernel'],
      span: { start: 0, end: 1 },
      fixes: [],
    };
    const placesIn = (text: string, diagnostic = difference) => {
      const snapshot = snapshotOfText(text);
      return extraDiagnosticsOf(snapshot, 'matchdown match', [diagnostic]).map(({ range }) =>
        snapshot.document.getText(range),
      );
    };

    it('stand at their key', () => assert.deepEqual(placesIn(scheme(conv)), ['[3, 3]']));

    it('follow their layer when it is moved', () => {
      assert.deepEqual(placesIn(scheme(`{ "type": "flatten" }, ${conv.replace('[3, 3]', '5')}`)), ['5']);
    });

    it('stand at the name of a layer that they are about as a whole', () => {
      assert.deepEqual(placesIn(scheme(conv), { ...difference, path: ['model', 'network', 0] }), ['"one"']);
    });

    it('vanish with their layer', () => assert.deepEqual(placesIn(scheme('{ "type": "flatten" }')), []));
  });
});

describe('code actions', () => {
  it('mend the diagnostic at the cursor', () => {
    const actions = actionsOf(scheme(conv.replace('"true"', '"tr$0ue"')));
    assert.equal(actions['Write true'] ?? Object.values(actions)[0], scheme(conv.replace('"true"', 'true')));
  });

  it('mend the same everywhere', () => {
    const other = conv.replace('one', 'two');
    const actions = actionsOf(scheme(`${conv.replace('"true"', '"tr$0ue"')}, ${other}`));
    const everywhere = Object.entries(actions).find(([title]) => title.endsWith('everywhere in the scheme'));
    assert.equal(everywhere?.[1], scheme(`${conv}, ${other}`).replaceAll('"true"', 'true'));
  });

  it('mend all of a kind, each in its way', () => {
    const marked = scheme(`${conv.replace('"true"', '"tr$0ue", "use_bias": "false"')}`);
    const all = Object.entries(actionsOf(marked)).find(([title]) => title.includes('all 2 of this kind'));
    assert.equal(all?.[1], marked.replace('$0', '').replace('"true"', 'true').replace('"false"', 'false'));
  });

  it('add the inputs of a layer that merges: the last two that fit', () => {
    const odd = '{ "name": "odd", "type": "conv2d_set", "kernel": 3, "channel": 5, "input": "two" }';
    const layers = ['one', 'two'].map((name) => conv.replace('one', name).replace('"true"', 'true'));
    const actions = actionsOf(scheme([...layers, odd, '{ "type": "concat$0enate" }'].join(', ')));
    assert.match(actions['Add "inputs": ["two", "odd"]'] ?? '', /"concatenate", "inputs": \["two", "odd"\] }/);
    const none = actionsOf(scheme('{ "type": "ad$0d" }'));
    assert.deepEqual(Object.keys(none), []);
  });

  it('are no more than a person reads where everything is selected', () => {
    const layers = Array.from({ length: 300 }, (_, index) => conv.replace('one', `c${index}`)).join(',\n');
    const snapshot = snapshotOfText(scheme(layers));
    const whole = { start: 0, end: snapshot.text.length };
    assert.ok(codeActionsAt(snapshot, rangeOf(snapshot, whole), ['quickfix']).length < 210);
  });

  it('mend a torn text one slip after the other, and end', () => {
    let text = scheme(conv).replace('"data"', 'data"').replace('"network"', '/* the layers \n"network"');
    for (let time = 0; time < 10; time++) {
      const [next] = Object.values(actionsOf(`${text}$0`, ['source.fixAll']));
      if (next === undefined) break;
      assert.notEqual(next, text);
      text = next;
      assert.ok(time < 9, text);
    }
    const commas = scheme(`${conv} ${conv.replace('one', 'two')} ${conv.replace('one', 'three')}`);
    const [mended] = Object.values(actionsOf(`${commas}$0`, ['source.fixAll']));
    assert.deepEqual(
      snapshotOfText(mended ?? '').analysis.diagnostics.filter(({ code }) => code === 'scheme/syntax'),
      [],
    );
  });

  it('mend everything at once when asked to, but not what has no single right fix', () => {
    const marked = scheme(`${conv}, { "name": "one", "tpye": "flatten", },$0`);
    const all = Object.values(actionsOf(marked, ['source.fixAll.matchdown']));
    assert.equal(all.length, 1);
    const snapshot = snapshotOfText(all[0] ?? '');
    const left = diagnosticsOf(snapshot).filter(
      ({ code }) => code === 'scheme/text-for-boolean' || code === 'scheme/trailing-comma',
    );
    assert.deepEqual(left, []);
  });

  it('are only of the kinds that are asked for', () => {
    const { snapshot, position } = fixture(scheme(conv.replace('"true"', '"tr$0ue"')));
    const kinds = (only: string[]) =>
      codeActionsAt(snapshot, { start: position, end: position }, only).map(({ kind }) => kind);
    assert.deepEqual(kinds(['refactor']), []);
    assert.deepEqual(new Set(kinds(['quickfix'])), new Set(['quickfix']));
    assert.deepEqual(kinds(['source']), ['source.fixAll.matchdown']);
  });

  it('are quick in a scheme with thousands of the same', () => {
    const layers = Array.from({ length: 3000 }, (_, index) => conv.replace('one', `c${index}`)).join(',\n');
    const snapshot = snapshotOfText(scheme(layers));
    const seconds = processorSeconds(() => {
      const [fixAll] = codeActionsAt(snapshot, rangeOf(snapshot, { start: 0, end: 0 }), ['source.fixAll']);
      assert.ok((fixAll?.edit?.changes?.[snapshot.document.uri]?.length ?? 0) >= 3000);
    });
    assert.ok(seconds < 10, `${seconds} s`);
  });
});

describe('what is a scheme', () => {
  const document = (uri: string, text = '{}', language = 'json') => TextDocument.create(uri, language, 1, text);
  for (const uri of [
    'file:///a/model_scheme.json',
    'file:///a/model_scheme_2.json',
    'untitled:x.scheme.json',
    'file:///a%20b/%ED%95%9C.model_scheme.json',
  ])
    it(`${uri} is`, () => assert.ok(isScheme(document(uri))));
  for (const uri of ['file:///a/package.json', 'file:///model_scheme/x.json', 'file:///a/model_scheme.yaml'])
    it(`${uri} is not`, () => assert.ok(!isScheme(document(uri))));

  it('is told by its language or its schema', () => {
    assert.ok(isScheme(document('file:///x.json', '{}', 'model-scheme')));
    assert.ok(isScheme(document('file:///x.json', '{\n  "$schema": "./schemas/model_scheme.schema.json"\n}')));
    assert.ok(!isScheme(document('file:///x.json', '{ "$schema": "https://json.schemastore.org/package" }')));
  });
});
