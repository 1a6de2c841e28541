import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { matchDown } from './editor';

describe('The extension', () => {
  it('is activated in less than 50 ms of the processor', async () => {
    const { activationTime } = await matchDown();
    assert.ok(activationTime < 50, `${activationTime.toFixed(1)} ms`);
  });

  it('is read from a small bundle, because reading takes longer than activating', () => {
    const { extensionPath } = extension();
    const size = statSync(path.join(extensionPath, 'dist/client.js')).size;
    assert.ok(size < 250_000, `${size} bytes`);
  });

  it('registers every command that its manifest names', async () => {
    await matchDown();
    const registered = await vscode.commands.getCommands(true);
    const named: { command: string }[] = extension().packageJSON.contributes.commands;
    const missing = named.filter(({ command }) => !registered.includes(command));
    assert.deepEqual(missing, []);
  });

  it('says that nothing but the language runs in an untrusted folder', () => {
    const { untrustedWorkspaces } = extension().packageJSON.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(untrustedWorkspaces.restrictedConfigurations, [
      'matchdown.runsFolder',
      'matchdown.threads',
      'matchdown.embeddedDevice',
      'matchdown.targets',
    ]);
  });
});

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('matchdown.matchdown');
  assert.ok(found);
  return found;
}
