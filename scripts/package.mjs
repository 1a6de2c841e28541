/**
 * npm run package [-- --target linux-x64] [-- --out FILE.vsix]
 *
 * Packs the extension for one platform: the production build, ONNX Runtime with that platform's binaries alone, and nothing
 * else of `node_modules`, because everything else is bundled. The folder that is packed is made anew in `out/package/`.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from '../test/support/packages.mjs';
import { mustRun } from '../test/support/processes.mjs';

const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** What VS Code runs on; ONNX Runtime has binaries for most of it, and WebAssembly for the rest. */
const targets = [
  'linux-x64',
  'linux-arm64',
  'alpine-x64',
  'alpine-arm64',
  'win32-x64',
  'win32-arm64',
  'darwin-arm64',
  'darwin-x64',
];

const here = `${process.platform}-${process.arch}`;
const { values: options } = parseArgs({
  options: { target: { type: 'string', default: here }, out: { type: 'string' } },
});
const { target } = options;
if (!targets.includes(target)) {
  console.error(`${target} is none of the targets: ${targets.join(', ')}.`);
  process.exit(2);
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.resolve(options.out ?? path.join(root, `${manifest.name}-${target}-${manifest.version}.vsix`));

await installPackages(console.log);
const stage = path.join(root, 'out/package', target);
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
console.log(`Building for ${target} ...`);
await mustRun([process.execPath, 'esbuild.mjs', '--production', '--out', path.join(stage, 'dist')], { cwd: root });
copyShipped();
copyRuntime();
writeNotices();
writeManifest();
const vsce = [process.execPath, path.join(root, 'node_modules/@vscode/vsce/vsce'), 'package', '--no-dependencies'];
await mustRun(
  [...vsce, '--target', target, '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file],
  { cwd: stage },
);
console.log(`${path.relative(process.cwd(), file)} (${(statSync(file).size / 1e6).toFixed(1)} MB)`);

/** What is read at run time beside the bundles: the parts that `.vscodeignore` does not ignore. */
function copyShipped() {
  const lines = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split(/\r?\n/);
  for (const part of lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)))
    if (existsSync(path.join(root, part)))
      cpSync(path.join(root, part), path.join(stage, part), {
        recursive: true,
        filter: (source) => path.basename(source) !== '__pycache__',
      });
}

/**
 * ONNX Runtime has native code or WebAssembly, which no bundler takes; beside the bundles plain `require` finds it. The one in
 * WebAssembly is for systems that the native one has no binary for.
 */
function copyRuntime() {
  const [platform, architecture] = target.split('-');
  const binary = `onnxruntime-node/bin/napi-v6/${platform}/${architecture}`;
  const web = ['ort.node.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
  const parts = [
    ...(existsSync(path.join(root, 'node_modules', binary))
      ? ['onnxruntime-node/package.json', 'onnxruntime-node/dist', binary]
      : ['onnxruntime-web/package.json', ...web.map((file) => `onnxruntime-web/dist/${file}`)]),
    'onnxruntime-common/package.json',
    'onnxruntime-common/dist/cjs',
  ];
  // macOS has the library twice, under its name and under its full version.
  const superfluous = /\.(map|d\.ts)$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;
  for (const part of parts)
    cpSync(path.join(root, 'node_modules', part), path.join(stage, 'dist/node_modules', part), {
      recursive: true,
      filter: (source) => !superfluous.test(source),
    });
}

/** The licences of everything that is bundled or copied. */
function writeNotices() {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const shipped = Object.keys(packages).filter((name) => name !== '' && !packages[name].dev);
  const notices = shipped
    .filter((name) => existsSync(path.join(root, name)))
    .map((name) => notice(name, packages[name]));
  writeFileSync(path.join(stage, 'THIRD-PARTY-NOTICES.txt'), notices.join('\n\n'));
}

/**
 * @param {string} name of a folder in `node_modules`
 * @param {{ version: string, license?: string }} locked
 */
function notice(name, { version, license }) {
  const folder = path.join(root, name);
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file));
  const title = `${name.replace(/^.*node_modules\//, '')} ${version} (${license ?? 'see below'})`;
  return [title, ...texts.map((file) => readFileSync(path.join(folder, file), 'utf8'))].join('\n\n');
}

/** The manifest without what only a checkout needs; every file that it names has to be there. */
function writeManifest() {
  const { scripts, dependencies, devDependencies, private: unpublished, bin, ...shipped } = manifest;
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify(shipped, null, 2));
  const named = JSON.stringify(shipped).match(/(?<=")(\.\/)?[\w-]+(\/[\w.-]+)+\.(js|json|svg|png)(?=")/g) ?? [];
  const missing = named.filter((name) => !existsSync(path.join(stage, name)));
  if (missing.length > 0) throw new Error(`package.json names what is not packed: ${missing.join(', ')}`);
}
