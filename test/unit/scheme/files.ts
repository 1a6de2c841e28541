import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The files below a folder of the project, as paths from the project's root. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
