import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { md5File } from '../hash';
import { filesBelow } from './folder';

export interface DvcState {
  /** As DVC recorded it; ends with `.dir` for a folder. */
  readonly md5: string;
  readonly upToDate: boolean;
}

/**
 * What DVC (https://dvc.org) knows of a path: the md5 in `<path>.dvc` beside it, or in a `dvc.lock` of a folder above; and
 * whether the content still has it. Undefined when DVC does not track the path.
 */
export async function dvcState(target: string): Promise<DvcState | undefined> {
  const recorded = (await fromDvcFile(target)) ?? (await fromLock(target));
  if (recorded === undefined) return undefined;
  return { md5: recorded, upToDate: (await currentMd5(target)) === recorded };
}

interface Output {
  readonly path: string;
  readonly md5: string;
}

async function fromDvcFile(target: string): Promise<string | undefined> {
  const document = await readYaml(`${target}.dvc`);
  return outputsOf(document).find((output) => path.resolve(path.dirname(target), output.path) === path.resolve(target))
    ?.md5;
}

async function fromLock(target: string): Promise<string | undefined> {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const document = await readYaml(path.join(folder, 'dvc.lock'));
    const stages = isMapping(document) && isMapping(document.stages) ? Object.values(document.stages) : [];
    const found = stages
      .flatMap(outputsOf)
      .find((output) => path.resolve(folder, output.path) === path.resolve(target));
    if (found || folder === path.dirname(folder)) return found?.md5;
  }
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'), { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function outputsOf(document: unknown): Output[] {
  const outputs = isMapping(document) && Array.isArray(document.outs) ? document.outs : [];
  return outputs.filter(
    (output): output is Output =>
      isMapping(output) && typeof output.path === 'string' && typeof output.md5 === 'string',
  );
}

/** A folder's md5 is that of the JSON list of its files' hashes, as Python's `json.dumps` writes it; hidden files count. */
async function currentMd5(target: string): Promise<string> {
  if (!(await stat(target)).isDirectory()) return md5File(target);
  const entries: string[] = [];
  for (const name of await filesBelow(target, () => false)) {
    const md5 = await md5File(path.join(target, ...name.split('/')));
    entries.push(`{"md5": "${md5}", "relpath": ${asciiJson(name)}}`);
  }
  return `${createHash('md5')
    .update(`[${entries.join(', ')}]`)
    .digest('hex')}.dir`;
}

const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
