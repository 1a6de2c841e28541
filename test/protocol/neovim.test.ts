import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../support/projectRoot';
import { temporaryFolder } from '../support/temporaryFolder.mjs';

/** Version of the Neovim that is installed: `[0, 11]`; nothing where there is none. */
function neovimVersion(): readonly [number, number] | undefined {
  const { stdout } = spawnSync('nvim', ['--version'], { encoding: 'utf8' });
  const version = /NVIM v(\d+)\.(\d+)/.exec(stdout ?? '');
  return version === null ? undefined : [Number(version[1]), Number(version[2])];
}

/** The configuration as its page says it, by the heading that it stands under. */
function codeUnder(heading: string): readonly string[] {
  const page = readFileSync(path.join(projectRoot, 'docs', 'editors', 'neovim.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/```lua\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
}

/** Waits for diagnostics, asks what stands at the word `conv2d_set`, and writes both down. */
const probe = `
local output = vim.env.MATCHDOWN_OUTPUT
vim.wait(15000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local line = vim.fn.search('conv2d_set') - 1
local position = { line = line, character = vim.fn.getline(line + 1):find('conv2d_set') + 1 }
local params = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = position }
local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', params, 15000) or {}
local hover = ''
for _, answer in pairs(answers) do
  if answer.result then hover = answer.result.contents.value end
end
local codes = {}
for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
  table.insert(codes, diagnostic.code or diagnostic.user_data.lsp.code)
end
vim.fn.writefile({ vim.fn.json_encode({ codes = codes, hover = hover }) }, output)
vim.cmd('qall!')
`;

const scheme = `{
  "data": { "image_size": [30, 30, 1], "label_dim": 3 },
  "model": { "network": [{ "name": "합성곱 🎉", "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "use_bias": "true" }] }
}
`;

const version = neovimVersion();
const suite =
  version === undefined
    ? 'Neovim with the page’s configuration (there is no nvim here)'
    : 'Neovim with the page’s configuration';

(version === undefined ? describe.skip : describe)(suite, () => {
  it('shows diagnostics and hovers', async () => {
    const folder = temporaryFolder();
    const configuration = path.join(folder, 'config', 'nvim');
    mkdirSync(path.join(configuration, 'lsp'), { recursive: true });
    const [major, minor] = version ?? [0, 0];
    const isRecent = major > 0 || minor >= 11;
    const [first = '', second] = codeUnder(isRecent ? '0.11' : '0.7');
    if (isRecent) writeFileSync(path.join(configuration, 'lsp', 'matchdown.lua'), first);
    writeFileSync(path.join(configuration, 'init.lua'), second ?? first);
    writeFileSync(path.join(folder, 'probe.lua'), probe);
    const file = path.join(folder, 'model_scheme.json');
    writeFileSync(file, scheme);
    await promisify(execFile)('nvim', ['--headless', '-n', file, '-c', `luafile ${path.join(folder, 'probe.lua')}`], {
      cwd: folder,
      timeout: 50_000,
      env: {
        ...process.env,
        PATH: `${withCommand(folder)}${path.delimiter}${process.env.PATH}`,
        XDG_CONFIG_HOME: path.join(folder, 'config'),
        XDG_STATE_HOME: path.join(folder, 'state'),
        XDG_DATA_HOME: path.join(folder, 'data'),
        MATCHDOWN_OUTPUT: path.join(folder, 'seen.json'),
      },
    });
    const { codes, hover } = JSON.parse(readFileSync(path.join(folder, 'seen.json'), 'utf8'));
    assert.ok(codes.includes('scheme/text-for-boolean'), codes.join());
    assert.match(hover, /30×30×1/);
  });
});

/** A folder in which the command is, as it would be on a person's `PATH`. */
function withCommand(folder: string): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const command = path.join(bin, 'matchdown');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${path.join(projectRoot, 'dist', 'cli.js')}" "$@"\n`);
  chmodSync(command, 0o755);
  return bin;
}
