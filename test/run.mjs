/**
 * npm test [-- LAYER...] [--grep TEXT] [--without-python]
 *
 * Installs what is missing, builds, and runs the layers of tests in order: all of them, or those that are named. The last
 * line says `N passed, N failed`; the exit status is 0 only if nothing failed.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installChromium } from './support/chromium.mjs';
import { installVsCode } from './support/installVsCode.mjs';
import { runProgram, runTests } from './support/layers.mjs';
import { killLeftovers } from './support/leftovers.mjs';
import { installPackages } from './support/packages.mjs';
import { counts, duration, showFailures } from './support/progress.mjs';
import { installPython } from './support/python.mjs';
import { installServers } from './support/servers.mjs';
import { temporaryFolder } from './support/temporaryFolder.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const bin = (/** @type {string} */ name) => path.join(root, 'node_modules', name);

const programs = [
  { name: 'types', command: [node, bin('typescript/bin/tsc'), '-b'], limitSeconds: 600 },
  { name: 'lint', command: [node, bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings'], limitSeconds: 600 },
  { name: 'build', command: [node, 'esbuild.mjs'], limitSeconds: 600 },
];

const inNode = (/** @type {string} */ folder, /** @type {string[]} */ ...except) => {
  return [node, 'test/support/runTests.mjs', `out/test/${folder}`, ...except];
};
/**
 * Where other processes take part, servers, queues or a whole editor, a test that fails is tried once more, and the failure shown.
 * The limits are for what hangs: a machine five times slower than usual stays below them.
 */
const suites = [
  { name: 'unit', command: inNode('unit'), limitSeconds: 1200 },
  { name: 'integration', command: inNode('integration', 'targets'), limitSeconds: 3000, retries: 1 },
  // They mostly wait, for a queue or for a process to die, and so run beside the layer before.
  { name: 'targets', command: inNode('integration/targets'), limitSeconds: 3000, beside: 'integration', retries: 1 },
  { name: 'protocol', command: inNode('protocol'), limitSeconds: 900, everyTest: true, retries: 1 },
  {
    name: 'extension',
    command: [node, 'test/support/runExtensionTests.mjs', 'out/test/extension'],
    limitSeconds: 900,
    everyTest: true,
    retries: 1,
  },
  { name: 'browser', command: inNode('browser'), limitSeconds: 3000, everyTest: true, retries: 1 },
];

const started = Date.now();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: 'string' }, 'without-python': { type: 'boolean' } },
});
const names = [...programs, ...suites].map((layer) => layer.name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no layer ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}
/** Tests run what was built, so that they are never run without building. */
const wanted = (/** @type {string} */ name) =>
  positionals.length === 0 ||
  positionals.includes(name) ||
  (name === 'build' && suites.some((suite) => positionals.includes(suite.name)));

const python = await install();
const tests = [];
for (const program of programs) if (wanted(program.name)) tests.push(...(await runProgram(program)));
const built = tests.every((test) => test.title !== 'build' || test.state === 'passed');
const ready = suites.filter((suite) => built && wanted(suite.name));
for (const suite of ready) {
  if (ready.some(({ name }) => name === suite.beside)) continue;
  const together = [suite, ...ready.filter(({ beside }) => beside === suite.name)];
  tests.push(...(await Promise.all(together.map(runSuite))).flat());
}
showFailures(tests);
console.log(`\n${duration(Date.now() - started)}`);
console.log(counts(tests));
process.exit(tests.some((test) => test.state === 'failed') ? 1 : 0);

/** @param {(typeof suites)[number]} suite */
async function runSuite(suite) {
  // Everything temporary is below one folder, which goes when this process goes.
  const folder = temporaryFolder();
  const results = await runTests(suite, {
    TMPDIR: folder,
    MATCHDOWN_TEST_RETRIES: String(suite.retries ?? 0),
    ...(python && { MATCHDOWN_TEST_PYTHON: python }),
    ...(values['without-python'] && { MATCHDOWN_TEST_PYTHON: 'none' }),
    ...(values.grep && { MATCHDOWN_TEST_GREP: values.grep }),
  });
  for (const command of killLeftovers(folder)) console.log(`  left running by a test, now killed: ${command}`);
  return results;
}

/** Installs what the wanted layers need; the path of the tests' Python, if there is one. */
async function install() {
  const say = console.log;
  await installPackages(say);
  const needs = (/** @type {string[]} */ ...layers) => layers.some(wanted);
  const [python] = await Promise.all([
    needs('unit', 'integration', 'targets', 'browser') && !values['without-python'] && installPython(say),
    needs('targets') && installServers(say),
    needs('extension', 'browser') && installVsCode(say),
    needs('extension', 'browser') && installChromium(say),
  ]);
  if (!python) return undefined;
  if ('python' in python) return python.python;
  console.log(`${python.missing} Tests that need it ${process.env.CI ? 'fail' : 'are skipped'}.`);
  return undefined;
}
