import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunRecord } from '../../core/runs/record';
import type { LocalTarget, ProgramSettings } from '../../core/runs/target';
import { trainerPackage } from '../entryPoint';
import { languageOf } from '../language';
import { expandHome } from './dataPaths';

export interface Program {
  readonly trainer: 'pytorch' | 'command';
  readonly argv: readonly string[];
}

/** What trains: the user's command, else the target's launch profile, else our trainer. */
export function programOf(target: ProgramSettings, command: readonly string[] | undefined): Program {
  const own = command ?? target.command;
  if (own) return { trainer: 'command', argv: own };
  return { trainer: 'pytorch', argv: [expandHome(target.python ?? defaultPython), '-m', 'matchdown_trainer'] };
}

/** The name that Python's installer puts on the PATH. */
export const defaultPython = process.platform === 'win32' ? 'python' : 'python3';

export interface LocalCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The command of a record, ready to be started on this machine. */
export function commandOf(record: RunRecord, folder: string): LocalCommand {
  const target = record.launch?.target as LocalTarget | undefined;
  const project = record.launch?.projectFolder;
  return {
    argv: target?.setup ? [shell(), '-c', `${target.setup}\nexec "$@"`, 'matchdown', ...record.argv] : record.argv,
    cwd: record.trainer === 'command' && project ? project : folder,
    env: { ...process.env, ...environmentOf(record, folder), ...target?.environment },
  };
}

/** People write their setup lines for bash. */
const shell = (): string => ['/bin/bash', '/usr/bin/bash'].find(existsSync) ?? 'sh';

/** What a run's program finds in its environment beside this process's own. */
export function environmentOf(
  record: Pick<RunRecord, 'id' | 'trainer' | 'launch'> & { readonly gpus?: readonly number[] | undefined },
  folder: string,
): Record<string, string> {
  const { gpus, launch } = record;
  const language = languageOf(process.env);
  return {
    ...contract(record.id, folder),
    PYTHONUNBUFFERED: '1',
    ...(language && { MATCHDOWN_LANGUAGE: language }),
    ...(record.trainer === 'pytorch' && { PYTHONPATH: joined(trainerPackage(), process.env.PYTHONPATH) }),
    ...(gpus && { MATCHDOWN_GPUS: gpus.join(',') || 'none', ...visibleGpus(gpus) }),
    ...(launch?.data && { MATCHDOWN_DATA: launch.data }),
    ...(launch?.validationData && { MATCHDOWN_VALIDATION_DATA: launch.validationData }),
  };
}

/** By their numbers in nvidia-smi; CUDA's own order begins with the fastest. */
const visibleGpus = (gpus: readonly number[]): Record<string, string> => ({
  CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  CUDA_VISIBLE_DEVICES: gpus.join(','),
});

/** What every trainer finds in its environment. */
const contract = (id: string, folder: string): Record<string, string> => ({
  MATCHDOWN_SCHEME: path.join(folder, 'scheme.json'),
  MATCHDOWN_RUN_DIR: folder,
  MATCHDOWN_RUN_ID: id,
});

const joined = (first: string, rest: string | undefined): string => (rest ? first + path.delimiter + rest : first);
