/**
 * The one bundler script.
 *
 *   node esbuild.mjs              dist/ (what is shipped) and out/test/ (the tests)
 *   node esbuild.mjs --shipped    dist/ only
 *   node esbuild.mjs --production dist/ only, minified, without source maps; --out FOLDER instead of dist/
 *   node esbuild.mjs --watch      both, again after every change
 *   node esbuild.mjs --only TEXT  only the entry points whose path contains TEXT (test/unit/onnx, server/main, ...)
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const option = (name, otherwise) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise;
const only = option('--only', '');
const dist = option('--out', 'dist');

/** `import validate from '../schemas/x.schema.json?validator'`: ajv's standalone code, which loads ten times faster than compiling. */
const schemaValidators = {
  name: 'schema-validators',
  setup(build) {
    build.onResolve({ filter: /\.schema\.json\?validator$/ }, ({ path: request, resolveDir }) => ({
      path: path.resolve(resolveDir, request.replace(/\?validator$/, '')),
      namespace: 'schema-validator',
    }));
    build.onLoad({ filter: /.*/, namespace: 'schema-validator' }, ({ path: file }) => {
      const ajv = new Ajv.default({
        allErrors: true,
        discriminator: true,
        verbose: true,
        strict: false,
        strictNumbers: true,
        code: { source: true, esm: false },
      });
      const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
      const contents = standaloneCode.default(ajv, validate);
      return { contents, loader: 'js', resolveDir: root, watchFiles: [file] };
    });
  },
};

/** `import program from './x.ts?wasm'`: AssemblyScript, compiled to the bytes of a WebAssembly module. */
const assemblyScript = {
  name: 'assembly-script',
  setup(build) {
    build.onResolve({ filter: /\.ts\?wasm$/ }, ({ path: request, resolveDir }) => ({
      path: path.resolve(resolveDir, request.replace(/\?wasm$/, '')),
      namespace: 'assembly-script',
    }));
    build.onLoad({ filter: /.*/, namespace: 'assembly-script' }, async ({ path: file }) => ({
      contents: await compiledProgram(file),
      loader: 'binary',
      watchFiles: [file],
    }));
  },
};

const compilations = new Map();

/** Compiling takes seconds, so that what was compiled from the same text before is taken from `out/wasm`. */
async function compiledProgram(file) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/assemblyscript/package.json'), 'utf8'));
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--use', 'abort='];
  const hash = createHash('sha256')
    .update(JSON.stringify([version, options, readFileSync(file, 'utf8')]))
    .digest('hex');
  const compiled = `out/wasm/${path.basename(file, '.ts')}-${hash.slice(0, 16)}.wasm`;
  if (!existsSync(path.join(root, compiled))) {
    if (!compilations.has(compiled)) compilations.set(compiled, compileProgram(file, options, compiled));
    await compilations.get(compiled);
  }
  return readFileSync(path.join(root, compiled));
}

/** What is there under the final name is complete: several builds may be under way. */
async function compileProgram(file, options, compiled) {
  const { default: asc } = await import('assemblyscript/asc');
  const unfinished = `${compiled}.${process.pid}`;
  mkdirSync(path.join(root, path.dirname(compiled)), { recursive: true });
  const program = [path.relative(root, file), ...options, '--baseDir', root, '-o', unfinished];
  const { error, stderr } = await asc.main(program);
  if (error) throw new Error(`${error.message}\n${stderr}`);
  renameSync(path.join(root, unfinished), path.join(root, compiled));
}

/** The tests' plain modules stay what they are, where they are: they also run before anything is built. */
const plainModules = {
  name: 'plain-modules',
  setup(build) {
    build.onResolve({ filter: /^\..*\.mjs$/ }, ({ path: request, resolveDir }) => ({
      path: path.resolve(resolveDir, request),
      external: true,
    }));
  },
};

/**
 * What `client/later/` holds is imported with `import()` only, and is bundled apart, so that the extension host has not read it
 * when the extension is activated.
 */
const laterBundles = {
  name: 'later-bundles',
  setup(build) {
    build.onResolve({ filter: /\/later\/\w+$/ }, ({ path: request, kind }) =>
      kind === 'dynamic-import' ? { path: `./client.${path.basename(request)}.js`, external: true } : undefined,
    );
  },
};

/** Scripts for other machines are texts. */
const texts = { '.sh': 'text' };

const common = {
  bundle: true,
  loader: texts,
  absWorkingDir: root,
  logLevel: 'warning',
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  plugins: [schemaValidators, assemblyScript],
};

const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };
const native = ['vscode', 'onnxruntime-node', 'onnxruntime-web'];

/** Entry points that exist and are asked for: [name in dist, source]. */
const present = (entries) =>
  Object.fromEntries(entries.filter(([, source]) => source.includes(only) && existsSync(path.join(root, source))));

const programs = {
  ...node,
  entryPoints: present([
    ['client', 'client/main.ts'],
    ['client.languageClient', 'client/later/languageClient.ts'],
    ['client.runs', 'client/later/runs.ts'],
    ['client.targets', 'client/later/targets.ts'],
    ['server', 'server/main.ts'],
    ['cli', 'cli/main.ts'],
    ['trainer', 'engine/training/main.ts'],
    ['sweep', 'engine/sweep/main.ts'],
    ['supervisor', 'engine/supervisor/main.ts'],
    ['worker', 'engine/worker/main.ts'],
    ['inference', 'engine/inference/main.ts'],
  ]),
  outdir: dist,
  external: native,
  plugins: [schemaValidators, assemblyScript, laterBundles],
  // The extension host provides the module `vscode` to what is required, not to what is imported.
  supported: { 'dynamic-import': false },
  // The `main` field's CommonJS builds of jsonc-parser and the language server's types hide their requires from a bundler.
  mainFields: ['module', 'main'],
};

/** Makes the sample's data where the extension is installed, with what it imports. */
const sampleData = {
  ...common,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  entryPoints: present([['make_shapes', 'examples/shapes/make_shapes.mjs']]),
  outdir: dist,
  outExtension: { '.js': '.mjs' },
};

const panels = {
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  entryPoints: present([
    ['experiments', 'webviews/experiments/main.ts'],
    ['match', 'webviews/match/main.ts'],
    ['onnx', 'webviews/onnx/main.ts'],
  ]),
  outdir: path.join(dist, 'webviews'),
};

const filesBelow = (folder, pattern) =>
  existsSync(path.join(root, folder))
    ? readdirSync(path.join(root, folder), { recursive: true })
        .filter((file) => pattern.test(file))
        .map((file) => path.join(folder, file))
        .filter((file) => file.includes(only))
    : [];

const tests = {
  ...node,
  entryPoints: [
    ...filesBelow('test', /\.test\.ts$/),
    ...filesBelow('test/extension', /^index\.ts$/),
    ...filesBelow('test/benchmark', /\.bench\.ts$/),
  ],
  outbase: 'test',
  outdir: 'out/test',
  packages: 'external',
  external: native,
  sourcemap: 'inline',
  plugins: [schemaValidators, assemblyScript, plainModules],
};

const withTests = !production && !process.argv.includes('--shipped');
const targets = [programs, sampleData, panels, ...(withTests ? [tests] : [])].filter(
  (t) => Object.keys(t.entryPoints).length > 0,
);
if (watch) {
  for (const target of targets) await (await esbuild.context({ ...target, logLevel: 'info' })).watch();
} else {
  if (withTests && !only) removeTestsWithoutSource();
  // The bundler itself says what is wrong, in its own words.
  await Promise.all(targets.map((target) => esbuild.build(target))).catch(() => process.exit(1));
}

/** A test that was renamed or removed must not be run from an earlier build. */
function removeTestsWithoutSource() {
  for (const file of filesBelow('out/test', /\.test\.js$/)) {
    const source = path.join('test', path.relative('out/test', file)).replace(/\.js$/, '.ts');
    if (!existsSync(path.join(root, source))) rmSync(path.join(root, file));
  }
}
