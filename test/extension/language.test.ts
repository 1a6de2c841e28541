import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { codeOf, eventually, matchDown, positionOf, show, workspaceFolder, writeFolder } from './editor';

const broken = `{
  "data": { "image_size": [8, 8, 1], "label_dim": 2 },
  "model": {
    "network": [
      { "name": "first", "type": "conv2d_set", "kernel": [3, 3], "channel": 4, "activaton": "relu" }
    ]
  }
}
`;

describe('A scheme in the editor', () => {
  before(matchDown);
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('has its own language, and hints where the sample is only untidy', async () => {
    const document = await show(path.join(workspaceFolder(), 'shapes/model_scheme_sample.json'));
    assert.equal(document.languageId, 'model-scheme');
    const found = await diagnosticsOf(document);
    const errors = found.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.deepEqual(
      errors.map(({ message }) => message),
      [],
    );
    assert.ok(found.some(({ severity }) => severity === vscode.DiagnosticSeverity.Hint));
  });

  it('underlines a misspelt key, and mends it with a quick fix', async () => {
    const document = await show(
      path.join(writeFolder('misspelt', { 'model_scheme.json': broken }), 'model_scheme.json'),
    );
    const [error] = (await diagnosticsOf(document)).filter(
      ({ severity }) => severity === vscode.DiagnosticSeverity.Error,
    );
    assert.ok(error);
    assert.match(document.getText(error.range), /activaton/);
    const fix = await eventually('a quick fix', async () => {
      const actions = await execute<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        error.range,
        'quickfix',
      );
      return actions.find(({ edit }) => edit !== undefined);
    });
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.match(document.getText(), /"activation": "relu"/);
    await eventually('the error gone', () => (errorsOf(document).length === 0 ? true : undefined));
  });

  it('completes the values of a key', async () => {
    const document = await show(path.join(workspaceFolder(), 'shapes/model_scheme.json'));
    const inside = positionOf(document, '"leaky_', 'end');
    const { items } = await execute<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      inside,
    );
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(
      labels.some((label) => label.includes('relu6')),
      labels.slice(0, 20).join(),
    );
  });

  it('explains a key when the pointer rests on it', async () => {
    const document = await show(path.join(workspaceFolder(), 'shapes/model_scheme.json'));
    const key = positionOf(document, '"dropout"').translate(0, 2);
    const hovers = await execute<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, key);
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((part) => (typeof part === 'string' ? part : part.value));
    assert.match(text.join('\n'), /dropped/);
  });

  it('shows the output shape of each layer', async () => {
    const document = await show(path.join(workspaceFolder(), 'shapes/model_scheme.json'));
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await execute<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
    const labels = hints.map(({ label }) =>
      typeof label === 'string' ? label : label.map(({ value }) => value).join(''),
    );
    assert.ok(
      labels.some((label) => /15 ?× ?15 ?× ?64/.test(label)),
      labels.join(' | '),
    );
  });

  it('is one by its $schema too, whatever its name', async () => {
    const text = `{ "$schema": "https://example.org/model_scheme.schema.json", "data": {} }\n`;
    const file = path.join(writeFolder('named', { 'anything.json': text }), 'anything.json');
    await show(file);
    const document = await eventually('the language of schemes', () =>
      vscode.workspace.textDocuments.find(
        ({ uri, languageId }) => uri.fsPath === file && languageId === 'model-scheme',
      ),
    );
    assert.ok((await diagnosticsOf(document)).length > 0);
  });

  it('is not one without it', async () => {
    const text = `{ "$schema": "https://example.org/other.schema.json", "data": {} }\n`;
    const document = await show(path.join(writeFolder('other', { 'other.json': text }), 'other.json'));
    assert.equal(document.languageId, 'json');
    assert.deepEqual(
      vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'matchdown'),
      [],
    );
  });
});

function diagnosticsOf({ uri }: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  return eventually('diagnostics', () => {
    const ours = vscode.languages.getDiagnostics(uri).filter((diagnostic) => codeOf(diagnostic).startsWith('scheme/'));
    return ours.length > 0 ? ours : undefined;
  });
}

function errorsOf({ uri }: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}

/** The editor waits for the server's answer, but not for the server's start. */
function execute<T>(command: string, ...args: unknown[]): Promise<T> {
  return eventually(command, async () => {
    const result = await vscode.commands.executeCommand<T | undefined>(command, ...args);
    return isEmpty(result) ? undefined : result;
  });
}

function isEmpty(result: unknown): boolean {
  if (Array.isArray(result)) return result.length === 0;
  const items = (result as { items?: unknown[] } | undefined)?.items;
  return result === undefined || (items !== undefined && items.length === 0);
}
