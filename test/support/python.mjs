/**
 * The Python of the tests: a virtual environment in the user's cache with the packages of `requirements.txt`.
 *
 *   node test/support/python.mjs     installs if needed and prints the path of its interpreter
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall } from './apt.mjs';
import { cachedFolder, cacheRoot, isReady } from './cache.mjs';
import { capture, mustRun } from './processes.mjs';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const fingerprint = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
const folderName = `python-${fingerprint}`;
const interpreter = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/**
 * @param {(sentence: string) => void} [say]
 * @returns {Promise<{ python: string } | { missing: string }>} the interpreter's path, or why there is none
 */
export async function installPython(say = () => {}) {
  const python = installedPython();
  if (python) return { python };
  const base = await findPython(say);
  if (!base) return { missing: 'There is no Python 3.11 or later with the venv module.' };
  try {
    const folder = await cachedFolder(folderName, async (unfinished) => {
      say('Installing PyTorch, onnx and TensorBoard for the tests from PyPI (4 GB, once, some minutes) ...');
      await fill(base, unfinished);
    });
    return { python: path.join(folder, interpreter) };
  } catch (error) {
    return {
      missing: `The Python of the tests could not be installed: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** The interpreter to use if it is there already: the environment's choice, or the cache's. */
export function installedPython() {
  const chosen = process.env.MATCHDOWN_TEST_PYTHON;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const folder = path.join(cacheRoot(), folderName);
  return isReady(folder) ? path.join(folder, interpreter) : undefined;
}

/** @param {(sentence: string) => void} say */
async function findPython(say) {
  const usable = await usablePython();
  if (usable) return usable;
  await aptInstall(['python3', 'python3-venv'], say);
  return usablePython();
}

async function usablePython() {
  const test = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  for (const name of ['python3', 'python'])
    if ((await capture([name, '-c', test], { limitSeconds: 30 })).code === 0) return name;
  return undefined;
}

/**
 * @param {string} base
 * @param {string} folder
 */
async function fill(base, folder) {
  await mustRun([base, '-m', 'venv', folder]);
  const python = path.join(folder, interpreter);
  const quietly = [
    '--disable-pip-version-check',
    '--no-input',
    '--quiet',
    '--no-cache-dir',
    '--no-compile',
    '--retries=10',
  ];
  await mustRun([python, '-m', 'pip', 'install', ...quietly, '--no-deps', '--only-binary=:all:', '-r', requirements]);
  await mustRun([
    python,
    '-c',
    'import torch, onnx, onnxscript, onnxruntime, PIL, tensorboard.backend.event_processing.event_accumulator',
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  void installPython(console.error).then((result) => {
    console.log('python' in result ? result.python : result.missing);
    process.exitCode = 'python' in result ? 0 : 1;
  });
