import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import type { Gpu, GpuChoice, SshTarget } from '../../core/runs/target';
import { listRuns } from '../runs/store';
import { localGpus, remoteGpus } from './gpus';
import type { Shell } from './shell';

export type ChosenGpus =
  /** `indices`: undefined where there are no GPUs and none were asked for; empty for a run on the processor. */
  { readonly ok: true; readonly indices?: readonly number[] } | { readonly ok: false; readonly message: string };

/** GPUs of this machine for a run: those that nobody computes on and that no run of ours was just given. */
export async function chooseGpus(choice: GpuChoice, runsFolder: string): Promise<ChosenGpus> {
  if (choice === 'none') return { ok: true, indices: [] };
  const gpus = await localGpus();
  const given = gpus.length > 0 ? await givenGpus(runsFolder) : new Set<number>();
  return chosenFrom(
    gpus.map((gpu) => ({ ...gpu, free: gpu.free && !given.has(gpu.index) })),
    choice,
  );
}

/** GPUs of another machine. Throws `ConnectionError`. */
export async function chooseRemoteGpus(
  shell: Shell,
  target: SshTarget,
  choice: GpuChoice,
  runsFolder: string,
  signal?: AbortSignal,
): Promise<ChosenGpus> {
  if (choice === 'none') return { ok: true, indices: [] };
  const gpus = await remoteGpus(shell, signal);
  const given = gpus.length > 0 ? await givenGpus(runsFolder, target.name) : new Set<number>();
  return chosenFrom(
    gpus.map((gpu) => ({ ...gpu, free: gpu.free && !given.has(gpu.index) })),
    choice,
  );
}

/** The pure part: the choice among GPUs as they are. */
export function chosenFrom(gpus: readonly Gpu[], choice: GpuChoice): ChosenGpus {
  if (choice === 'none') return { ok: true, indices: [] };
  if (typeof choice === 'object') return listed(gpus, choice);
  if (gpus.length === 0) return choice === 'auto' ? { ok: true } : { ok: false, message: noGpus() };
  const free = gpus.filter((gpu) => gpu.free);
  const count = choice === 'auto' ? 1 : choice;
  if (free.length < count) return { ok: false, message: tooFew(gpus, free.length, count) };
  // Of the free ones those with the most memory, and then in order.
  const best = [...free].sort((a, b) => b.memoryTotal - a.memoryTotal || a.index - b.index).slice(0, count);
  return { ok: true, indices: best.map(({ index }) => index).sort((a, b) => a - b) };
}

function listed(gpus: readonly Gpu[], indices: readonly number[]): ChosenGpus {
  const missing = indices.find((index) => !gpus.some((gpu) => gpu.index === index));
  if (missing === undefined) return { ok: true, indices };
  return { ok: false, message: gpus.length === 0 ? noGpus() : t('There is no GPU {0} here.', missing) };
}

const noGpus = () =>
  t('There is no NVIDIA GPU here, or its driver does not answer. "gpus": "none" trains on the processor.');

const tooFew = (gpus: readonly Gpu[], free: number, count: number) =>
  t(
    '{0} of {1} GPUs are free, {2} are needed. Wait until others are done, or name some with "gpus": [0].',
    free,
    gpus.length,
    count,
  );

/** A run that has just been started has not taken its memory yet. */
async function givenGpus(runsFolder: string, target?: string): Promise<Set<number>> {
  const runs = await listRuns([runsFolder]);
  const isThere = (record: RunRecord) => (target === undefined ? !record.remote : record.target === target);
  return new Set(
    runs.flatMap(({ record }) => (record && isActive(record) && isThere(record) ? (record.gpus ?? []) : [])),
  );
}
