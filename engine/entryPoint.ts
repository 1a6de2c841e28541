import { existsSync } from 'node:fs';
import path from 'node:path';

/** A program of ours that runs in a process of its own. */
export type Program = 'trainer' | 'sweep' | 'supervisor' | 'inference' | 'worker' | 'server';

/** Absolute path of `dist/<name>.js`, from a bundle in `dist/` as well as from the tests in `out/`. */
export function entryPoint(name: Program): string {
  return path.join(distFolder(), `${name}.js`);
}

/** The folder to put on PYTHONPATH for the PyTorch trainer, the package `matchdown_trainer`. */
export function trainerPackage(): string {
  return path.join(distFolder(), '..', 'trainer');
}

/** Where the built programs are. */
export function distFolder(): string {
  for (let folder = __dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (path.basename(folder) === 'dist') return folder;
    if (existsSync(path.join(folder, 'package.json'))) return path.join(folder, 'dist');
  }
  throw new Error(`No dist folder above ${__dirname}.`);
}
