import os from 'node:os';
import path from 'node:path';
import type { LaunchSettings } from '../../core/runs/record';
import type { Scheme } from '../../core/scheme/types';

/** Where a scheme's data is: relative paths start at `root`. */
export function dataPaths({ data }: Scheme, root: string): Pick<LaunchSettings, 'data' | 'validationData'> {
  const absolute = (name: string) => path.resolve(expandHome(root), expandHome(name));
  return {
    ...(data.dataPath !== undefined && { data: absolute(data.dataPath) }),
    ...(data.validationPath !== undefined && { validationData: absolute(data.validationPath) }),
  };
}

/** `~` and what begins with `~/` is below the home folder; no shell reads settings. */
export function expandHome(name: string): string {
  if (name === '~') return os.homedir();
  return name.startsWith('~/') ? path.join(os.homedir(), name.slice(2)) : name;
}
