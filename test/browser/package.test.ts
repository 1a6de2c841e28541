import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { mustRun } from '../support/processes.mjs';
import { projectRoot } from '../support/projectRoot';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { Workbench } from '../support/workbench';

describe('The packaged extension', () => {
  const file = path.join(temporaryFolder(), 'matchdown.vsix');
  let workbench: Workbench;

  before(async () => {
    await mustRun([process.execPath, path.join(projectRoot, 'scripts/package.mjs'), '--out', file]);
    workbench = await Workbench.open({ extension: file });
  });
  after(() => workbench?.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('holds what is needed at run time and no more', () => {
    const shipped = namesIn(readFileSync(file)).map((name) => name.replace(/^extension\//, ''));
    for (const needed of ['dist/client.js', 'dist/server.js', 'dist/trainer.js', 'dist/inference.js', 'package.json'])
      assert.ok(shipped.includes(needed), needed);
    const packages = shipped
      .map((name) => /node_modules\/([^/]+)/.exec(name)?.[1])
      .filter((name) => name !== undefined);
    assert.deepEqual([...new Set(packages)].sort(), ['onnxruntime-common', 'onnxruntime-node']);
    assert.deepEqual(
      shipped.filter((name) => /\.(ts|map|pyc)$|(^|\/)(test|runs)\/|^examples\/.*\/data\//.test(name)),
      [],
    );
    assert.ok(statSync(file).size < 40e6, `${statSync(file).size} bytes`);
  });

  it('trains a scheme with the ONNX Runtime that it brings', async () => {
    const scheme = path.join(workbench.workspace, 'shapes/model_scheme.json');
    writeFileSync(scheme, readFileSync(scheme, 'utf8').replace(/"iteration": \d+/, '"iteration": 1'));
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.editor.getByText('→ 15×15×64').waitFor();
    await workbench.command('Match Down: Run Scheme');
    await workbench.toasts.filter({ hasText: 'is finished' }).waitFor({ timeout: 280_000 });
    const runs = path.join(workbench.workspace, 'shapes/runs');
    const [run] = readdirSync(runs).filter((name) => /^\d{8}-/.test(name));
    assert.ok(statSync(path.join(runs, run!, 'model.onnx')).size > 100_000);
  });
});

function namesIn(archive: Uint8Array): string[] {
  const names: string[] = [];
  const filter = ({ name }: { name: string }) => names.push(name) < 0;
  unzipSync(archive, { filter });
  return names;
}
