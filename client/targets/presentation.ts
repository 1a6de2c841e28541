import type * as vscode from 'vscode';
import { problemsText } from '../../core/counts';
import { t } from '../../core/l10n';
import { fileSizeText, memoryText } from '../../core/quantities';
import type { Gpu, SlurmPartition, Target, TargetCheck } from '../../core/runs/target';
import type { TargetState } from './targets';

export const targetIcons: Readonly<Record<Target['kind'], string>> = {
  embedded: 'vm-active',
  local: 'device-desktop',
  ssh: 'remote',
  slurm: 'server-environment',
};

/** "this machine, needs no Python", "ssh gpu-box". */
export function targetSummary(target: Target): string {
  switch (target.kind) {
    case 'embedded':
      return t('this machine, needs no Python');
    case 'local':
      return target.command ? t('this machine, {0}', target.command.join(' ')) : t('this machine, with PyTorch');
    case 'ssh':
      return t('ssh {0}', target.host);
    case 'slurm':
      return [t('Slurm'), target.host, target.partition].filter((part) => part !== undefined).join(' · ');
  }
}

/** "1 of 2 GPUs free · load 43 %", "does not answer", "being asked …", "no answer yet …"; empty before it was asked. */
export function stateText({ check, isAsked, isLate }: TargetState): string {
  if (isLate) return t('no answer yet …');
  if (isAsked && !check) return t('being asked …');
  if (!check) return '';
  if (!check.answers) return t('does not answer');
  const errors = check.problems.filter(({ severity }) => severity === 'error').length;
  return [
    ...(errors > 0 ? [problemsText(errors)] : []),
    ...(check.gpus.length > 0 ? [gpusText(check.gpus)] : []),
    ...(check.partitions ? partitionsText(check.partitions) : []),
    ...(errors === 0 && check.gpus.length === 0 && !check.partitions ? [t('ready')] : []),
  ].join(' · ');
}

function gpusText(gpus: readonly Gpu[]): string {
  const free = gpus.filter((gpu) => gpu.free).length;
  const loads = gpus.map(({ utilization }) => utilization).filter((load) => load !== undefined);
  const load = loads.reduce((sum, each) => sum + each, 0) / loads.length;
  const count =
    gpus.length === 1 ? (free === 1 ? t('GPU free') : t('GPU busy')) : t('{0} of {1} GPUs free', free, gpus.length);
  return loads.length === 0 ? count : `${count} · ${t('load {0} %', Math.round(load))}`;
}

function partitionsText(partitions: readonly SlurmPartition[]): string[] {
  const nodes = partitions.reduce((sum, partition) => sum + partition.nodes, 0);
  const idle = partitions.reduce((sum, partition) => sum + partition.idleNodes, 0);
  return nodes === 0 ? [] : [t('{0} of {1} nodes idle', idle, nodes)];
}

/** A line about a target: what stands first, what beside it. */
export interface TargetFact {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: string;
  readonly color?: string;
  readonly command?: vscode.Command;
}

/** What a check found out, problems first. */
export function factsOf(check: TargetCheck): TargetFact[] {
  const { python, torch, disk, slurm, host, system, clockOffset = 0 } = check;
  return [
    ...check.problems.map(({ severity, message, nextStep }) => ({
      label: message,
      description: nextStep,
      tooltip: `${message}\n${nextStep}`,
      icon: severity,
      color: severity === 'error' ? 'list.errorForeground' : 'list.warningForeground',
    })),
    ...check.gpus.map(gpuFact),
    ...(check.partitions ?? []).map(partitionFact),
    ...(host ? [{ label: host, description: system ?? '', icon: 'vm' }] : []),
    ...(python ? [{ label: t('Python {0}', python.version), description: python.path, icon: 'symbol-misc' }] : []),
    ...(torch
      ? [
          {
            label: t('PyTorch {0}', torch.version),
            description: torch.cuda ? t('CUDA {0}', torch.cuda) : '',
            icon: 'flame',
          },
        ]
      : []),
    ...(slurm ? [{ label: t('Slurm {0}', slurm.version), icon: 'server-environment' }] : []),
    ...(disk ? [{ label: t('{0} free', fileSizeText(disk.free)), description: disk.folder, icon: 'database' }] : []),
    ...(Math.abs(clockOffset) >= 60 ? [{ label: t('Its clock is off by {0} s', clockOffset), icon: 'watch' }] : []),
  ];
}

/** "0: NVIDIA A100", "43 % ▮▮▯▯▯ · 12.3 GiB of 40 GiB · busy": what changes stands where a narrow view shows it. */
function gpuFact({ index, name, memoryTotal, memoryUsed, utilization, free }: Gpu): TargetFact {
  const memory = (mebibytes: number) => memoryText(mebibytes * 2 ** 20);
  const load = [
    ...(utilization === undefined ? [] : [`${utilization} % ${bar(utilization)}`]),
    t('{0} of {1}', memory(memoryUsed), memory(memoryTotal)),
    free ? t('free') : t('busy'),
  ].join(' · ');
  return { label: `${index}: ${name}`, description: load, icon: 'chip', ...(free && { color: 'testing.iconPassed' }) };
}

/** A fifth of the load for each block. */
function bar(percent: number): string {
  const full = Math.max(0, Math.min(5, Math.round(percent / 20)));
  return '▮'.repeat(full) + '▯'.repeat(5 - full);
}

function partitionFact({
  name,
  isDefault,
  available,
  timeLimit,
  nodes,
  idleNodes,
  gres,
  cluster,
}: SlurmPartition): TargetFact {
  const parts = [
    ...(cluster === undefined ? [] : [cluster]),
    ...(available ? [] : [t('down')]),
    t('{0} of {1} nodes idle', idleNodes, nodes),
    ...(gres ? [gres] : []),
    t('at most {0}', timeLimit),
  ];
  return { label: isDefault ? t('{0} (default)', name) : name, description: parts.join(' · '), icon: 'layers' };
}
