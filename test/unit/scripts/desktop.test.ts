import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findDesktop } from '../../../scripts/desktop.mjs';

describe('the desktop VS Code that npm start opens', () => {
  const before = process.env.PATH;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'md-'));
    writeFileSync(path.join(folder, 'code'), '#!/bin/sh\n');
    chmodSync(path.join(folder, 'code'), 0o755);
    process.env.PATH = `${folder}${path.delimiter}${before}`;
  });
  afterEach(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const display = { DISPLAY: ':0' };

  it('is the one on PATH', async () => {
    assert.equal(await findDesktop('linux', display, false), 'code');
  });

  it('is not looked for without a display, as root, or from a terminal of an editor on another machine', async () => {
    assert.equal(await findDesktop('linux', {}, false), undefined);
    assert.equal(await findDesktop('linux', display, true), undefined);
    assert.equal(await findDesktop('linux', { ...display, VSCODE_IPC_HOOK_CLI: '/tmp/socket' }, false), undefined);
    assert.equal(await findDesktop('linux', { ...display, WSL_DISTRO_NAME: 'Debian' }, false), undefined);
  });

  it('is the one that the environment names, whatever the rest says', async () => {
    assert.equal(await findDesktop('linux', { MATCHDOWN_VSCODE: '/opt/code' }, true), '/opt/code');
  });

  it('is found where Windows puts it, and never by the script on PATH, which needs a shell', async () => {
    assert.equal(await findDesktop('win32', { LOCALAPPDATA: folder }, false), undefined);
    const program = path.join(folder, 'Programs/Microsoft VS Code/Code.exe');
    mkdirSync(path.dirname(program), { recursive: true });
    writeFileSync(program, '');
    assert.equal(await findDesktop('win32', { LOCALAPPDATA: folder }, false), program);
  });
});
