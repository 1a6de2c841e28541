import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allFiles, makeManifest, projectFiles } from '../../../engine/targets/projectFiles';
import { linkArchive, tarArchive } from '../../../engine/targets/tar';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

describe('what of a project goes to a target', () => {
  const names = async (folder: string, leftOut: readonly string[] = []) =>
    (await projectFiles(folder, leftOut)).files.map((file) => file.path);

  it('not what .gitignore and .matchdownignore name, nor repositories and environments, nor the runs', async () => {
    const folder = folderWith({
      'train.py': '',
      'data/a.bin': '',
      'data/keep.txt': '',
      'notes/a.md': '',
      '.git/config': '',
      '.venv/bin/python': '',
      'sub/__pycache__/a.pyc': '',
      'sub/code.py': '',
      'sub/.gitignore': '/only-here.txt\n',
      'sub/only-here.txt': '',
      'only-here.txt': '',
      'runs/1/run.json': '',
      '.gitignore': 'data/*\n!data/keep.txt\n',
      '.matchdownignore': 'notes/\n',
    });
    assert.deepEqual(await names(folder, [path.join(folder, 'runs')]), [
      '.gitignore',
      '.matchdownignore',
      'data/keep.txt',
      'only-here.txt',
      'sub/.gitignore',
      'sub/code.py',
      'train.py',
    ]);
    const { ignored } = await projectFiles(folder, [path.join(folder, 'runs')]);
    assert.deepEqual(ignored, [
      '.git/',
      '.venv/',
      'data/a.bin',
      'notes/',
      'runs/',
      'sub/__pycache__/',
      'sub/only-here.txt',
    ]);
  });

  it('.matchdownignore takes back what .gitignore leaves out', async () => {
    const folder = folderWith({ 'data.bin': '', '.gitignore': '*.bin\n', '.matchdownignore': '!data.bin\n' });
    assert.ok((await names(folder)).includes('data.bin'));
  });

  it('no link that leads out of the folder', async () => {
    const folder = folderWith({ 'a.txt': 'inside' });
    symlinkSync('/etc/passwd', path.join(folder, 'out'));
    symlinkSync('a.txt', path.join(folder, 'in'));
    const { files, warnings } = await projectFiles(folder);
    assert.deepEqual(
      files.map((file) => file.path),
      ['a.txt', 'in'],
    );
    assert.match(warnings.join(), /^out is a link/);
  });

  it('the same content makes the same tree; a file that may be executed is another one', async () => {
    const folder = folderWith({ 'a.sh': 'echo', 'b/c': 'x' });
    const idOf = async () => (await makeManifest((await projectFiles(folder)).files, folder)).id;
    const before = await idOf();
    assert.equal(await idOf(), before);
    chmodSync(path.join(folder, 'a.sh'), 0o755);
    assert.notEqual(await idOf(), before);
  });

  it('data is a file or a folder with everything in it', async () => {
    const folder = folderWith({ 'cat/1.png': '1', 'dog/2.png': '22', '.hidden': '' });
    assert.deepEqual((await allFiles(folder)).map((file) => [file.path, file.bytes]).sort(), [
      ['cat/1.png', 1],
      ['dog/2.png', 2],
    ]);
    assert.deepEqual(
      (await allFiles(path.join(folder, 'cat/1.png'))).map((file) => file.path),
      ['1.png'],
    );
  });
});

describe('archives', () => {
  async function unpacked(pieces: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const piece of pieces) parts.push(piece);
    execFileSync('tar', ['-xof', '-'], { cwd: folder, input: Buffer.concat(parts) });
  }

  it('every tar reads them', async () => {
    const folder = temporaryFolder();
    const contents = ['', 'a', 'b'.repeat(512), 'c'.repeat(1025)];
    const entries = contents.map((text, index) => ({
      name: `${index}.0`,
      bytes: text.length,
      content: (async function* () {
        yield Buffer.from(text);
      })(),
    }));
    await unpacked(tarArchive(entries), folder);
    for (const [index, text] of contents.entries())
      assert.equal(readFileSync(path.join(folder, `${index}.0`), 'utf8'), text);
  });

  it('links with names of any length and kind', async () => {
    const folder = folderWith({ 'files/abc': 'content' });
    const names = [
      `it's $(touch x)`,
      '-rf',
      `${'긴 이름 '.repeat(20)}`.trim(),
      'x'.repeat(99),
      'x'.repeat(100),
      'x'.repeat(101),
    ];
    await unpacked(
      linkArchive([{ name: 'made/' }, ...names.map((name) => ({ name: `made/${name}`, target: 'files/abc' }))]),
      folder,
    );
    for (const name of names) assert.equal(readFileSync(path.join(folder, 'made', name), 'utf8'), 'content');
  });
});
