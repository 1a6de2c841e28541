import { readdirSync } from 'node:fs';
import path from 'node:path';
import { distFolder } from './entryPoint';

/** The PyTorch trainer as it is shipped. It is started with `PYTHONPATH=<pythonPath> python -m matchdown_trainer`. */
export interface TrainerPackage {
  /** The folder that `files` are relative to. */
  readonly root: string;
  /** Absolute, for a Python on this machine. */
  readonly pythonPath: string;
  /** Where `pythonPath` is below the root, with `/`: what a target is told that has a copy of the files. */
  readonly folder: string;
  /** All that the trainer needs, with `/`, sorted: to be copied to a target in the same arrangement. */
  readonly files: readonly string[];
}

/** Where the PyTorch trainer is, and what belongs to it: its modules, and the JSON Schema that it takes the defaults from. */
export function trainerPackage(): TrainerPackage {
  const root = path.dirname(distFolder());
  const folder = 'trainer';
  const modules = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`);
  const translations = readdirSync(path.join(root, 'l10n'))
    .filter((name) => /^bundle\.l10n\.[a-z]{2}\.json$/.test(name))
    .map((name) => `l10n/${name}`);
  const files = [...modules, ...translations, 'schemas/model_scheme.schema.json'].sort();
  return { root, pythonPath: path.join(root, folder), folder, files };
}
