import { readFileSync } from 'node:fs';
import path from 'node:path';
import { distFolder } from './entryPoint';

/** The version of this product, as its package.json says. */
export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(distFolder(), '..', 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
