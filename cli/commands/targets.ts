import { t } from '../../core/l10n';
import { fileSizeText, memoryText } from '../../core/quantities';
import { type Gpu, isRemote, type Target, type TargetCheck } from '../../core/runs/target';
import { InputError } from '../../engine/errors';
import { checkTarget } from '../../engine/targets/check';
import { findTargets } from '../../engine/targets/targetFiles';
import { type Arguments, type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { withSuggestion } from '../suggestion';
import { textTable } from '../table';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage: '[check NAME] [--targets FILE] [--format text|json]',
  get summary() {
    return t('Lists the targets that runs can be started on; checks one: does it answer, what does it have.');
  },
  options: { targets: { type: 'string' } },
  formats: ['text', 'json'],
  async run(args, terminal) {
    const [verb, ...names] = args.positionals;
    const targets = await findTargets('.', stringOption(args, 'targets'));
    if (verb === undefined) return list(targets, args, terminal);
    if (verb !== 'check')
      throw new UsageError(withSuggestion(t('`matchdown targets` knows check, not "{0}".', verb), verb, ['check']));
    if (names.length !== 1) throw new UsageError(t('Name one target.'));
    return check(find(targets, names[0]!), args, terminal);
  },
};

function list(targets: readonly Target[], args: Arguments, terminal: Terminal): ExitStatus {
  if (args.options.format === 'json') terminal.out(JSON.stringify(targets, null, 2));
  else terminal.out(textTable([{ title: t('Target') }, { title: t('Kind') }, { title: t('Where') }], targets.map(row)));
  return 0;
}

function row(target: Target): string[] {
  if (target.kind === 'embedded') return [target.name, target.kind, t('this machine, without Python')];
  const program = target.command?.join(' ') ?? target.python ?? 'python3';
  const place = isRemote(target) && target.host !== undefined ? target.host : t('this machine');
  const queue = target.kind === 'slurm' && target.partition ? t(', partition {0}', target.partition) : '';
  return [target.name, target.kind, `${place}${queue}, ${program}`];
}

function find(targets: readonly Target[], name: string): Target {
  const target = targets.find((each) => each.name === name);
  if (target) return target;
  throw new InputError({
    file: name,
    problem: withSuggestion(
      t('There is no such target.'),
      name,
      targets.map((each) => each.name),
    ),
    nextStep: t('There are: {0}.', targets.map((each) => each.name).join(', ')),
  });
}

/** 0: a run can be started there. 1: it answers, but something keeps runs from it. 2: it does not answer. */
async function check(target: Target, args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const isTerminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  terminal.progress(t('Asking {0} ...', target.name));
  const result = await checkTarget(target, { interactive: isTerminal });
  terminal.progress('');
  if (args.options.format === 'json') terminal.out(JSON.stringify(result, null, 2));
  else tell(result, terminal);
  if (!result.answers) return 2;
  return result.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function tell(result: TargetCheck, terminal: Terminal): void {
  const columns = [{ title: t('Key') }, { title: t('Value') }];
  if (result.answers) terminal.out(textTable(columns, facts(result)));
  for (const { severity, message, nextStep } of result.problems) {
    const mark = severity === 'error' ? terminal.paint('red', t('error')) : terminal.paint('yellow', t('warning'));
    terminal.err(`${mark}: ${message} ${nextStep}`);
  }
}

function facts({ host, system, python, torch, gpus, disk, slurm, partitions = [] }: TargetCheck): string[][] {
  const rows: [string, string | undefined][] = [
    ['host', host],
    ['system', system],
    ['python', python && `${python.version} (${python.path})`],
    ['torch', torch && `${torch.version}${torch.cuda ? ` (CUDA ${torch.cuda})` : ''}`],
    ...gpus.map((gpu): [string, string] => [`GPU ${gpu.index}`, gpuText(gpu)]),
    ['disk', disk && t('{0} of {1} free ({2})', fileSizeText(disk.free), fileSizeText(disk.total), disk.folder)],
    ['slurm', slurm && `${slurm.version}${slurm.accounting ? '' : t(', without accounting')}`],
    ...partitions.map((partition): [string, string] => [
      t('partition {0}', partition.name) + (partition.cluster === undefined ? '' : ` (${partition.cluster})`),
      t('{0} of {1} nodes idle, limit {2}', partition.idleNodes, partition.nodes, partition.timeLimit) +
        (partition.gres ? `, ${partition.gres}` : ''),
    ]),
  ];
  return rows.filter((each): each is [string, string] => each[1] !== undefined);
}

function gpuText({ name, memoryTotal, memoryUsed, utilization, free }: Gpu): string {
  const load = utilization === undefined ? '' : t(', {0} % busy', utilization);
  const state = free ? t('free') : t('in use');
  const memory = (mebibytes: number) => memoryText(mebibytes * 2 ** 20);
  return t('{0}: {1} of {2}{3}, {4}', name, memory(memoryUsed), memory(memoryTotal), load, state);
}
