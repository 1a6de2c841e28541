/**
 * npm run test:desktop: the extension's suite in a desktop VS Code, which `@vscode/test-electron` downloads unless
 * MATCHDOWN_VSCODE names the program of one. MATCHDOWN_VSCODE_VERSION chooses the version to download.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { counts, progress, showFailures } from './progress.mjs';
import { sampleWorkspace } from './sampleWorkspace.mjs';
import { temporaryFolder } from './temporaryFolder.mjs';
import { recordReader } from './testRecord.mjs';

const root = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));
const folder = temporaryFolder();
const record = path.join(folder, 'record.jsonl');
const { MATCHDOWN_VSCODE, MATCHDOWN_VSCODE_VERSION } = process.env;

const exitCode = await runTests({
  ...(MATCHDOWN_VSCODE && { vscodeExecutablePath: MATCHDOWN_VSCODE }),
  version: MATCHDOWN_VSCODE_VERSION ?? 'stable',
  extensionDevelopmentPath: root,
  extensionTestsPath: path.join(root, 'out/test/extension/index.js'),
  launchArgs: [await sampleWorkspace(folder), '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
  extensionTestsEnv: { MATCHDOWN_TEST_RECORD: record },
}).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

const lines = recordReader(record)();
const tests = lines.filter((line) => line.kind === 'test');
const display = progress(true);
for (const test of tests) display.add(test);
showFailures(tests);
console.log(counts(tests));
process.exit(exitCode !== 0 || !lines.some((line) => line.kind === 'end') ? 1 : 0);
