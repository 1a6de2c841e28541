import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import { t } from '../../core/l10n';
import type {
  EmbeddedTarget,
  Gpu,
  LocalTarget,
  RemoteTarget,
  SlurmPartition,
  SlurmTarget,
  Target,
  TargetCheck,
  TargetProblem,
} from '../../core/runs/target';
import { errorMessage } from '../errors';
import { expandHome } from '../runs/dataPaths';
import { defaultPython } from '../runs/program';
import { checkScript, factMark, pythonPatience, pythonProgram } from './checkScript';
import { ConnectionError } from './connectionError';
import { localGpus, parseGpus } from './gpus';
import { LocalShell } from './localShell';
import { runScript, type Shell } from './shell';
import { folderOf, shellOf } from './shells';

export interface CheckOptions {
  readonly interactive?: boolean;
  readonly signal?: AbortSignal;
}

/** Whether a target answers, and what it has. Never throws for what is wrong there. */
export async function checkTarget(target: Target, options: CheckOptions = {}): Promise<TargetCheck> {
  if (target.kind === 'embedded') return checkEmbedded(target);
  if (target.kind === 'local' && process.platform === 'win32') return checkWithoutShell(target);
  const shell = target.kind === 'local' ? new LocalShell() : shellOf(target, options.interactive);
  try {
    return await ask(target, shell, options.signal);
  } catch (error) {
    const problem = { severity: 'error' as const, message: errorMessage(error), nextStep: nextStep(shell, error) };
    return { ...unanswered(target), problems: [problem] };
  }
}

function nextStep(shell: Shell, error: unknown): string {
  if (shell instanceof LocalShell) return t('Try the target\'s "setup" and "python" in a terminal.');
  // Whatever does not mend by itself says already what to do.
  const isTold = error instanceof ConnectionError && !error.mends;
  return isTold
    ? t('"ssh -v {0}" says more.', shell.host)
    : t('Check "host" of the target; "ssh -v {0}" says more.', shell.host);
}

const unanswered = ({ name, kind }: Target): TargetCheck => ({
  target: name,
  kind,
  answers: false,
  gpus: [],
  problems: [],
});

function checkEmbedded(target: EmbeddedTarget | LocalTarget): TargetCheck {
  const system = `${os.type()} ${os.release()}`;
  return { ...unanswered(target), answers: true, host: os.hostname(), system };
}

/** Windows has no shell to ask; what matters can be found out without one. */
async function checkWithoutShell(target: LocalTarget): Promise<TargetCheck> {
  const python = expandHome(target.python ?? defaultPython);
  const answer = await promisify(execFile)(python, ['-c', pythonProgram], { windowsHide: true, timeout: 60_000 }).then(
    ({ stdout }) => stdout,
    () => `${factMark} nopython`,
  );
  // Setup lines are for a shell.
  const facts = new Facts(`${factMark} setup\n${answer}`);
  const { free, total } = diskOf(os.homedir());
  const check = {
    ...checkEmbedded(target),
    gpus: await localGpus(),
    ...pythonFacts(facts),
    disk: { folder: os.homedir(), free, total },
  };
  return { ...check, problems: [...problemsOf(target, facts, check)] };
}

function diskOf(folder: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}

function pythonFacts(facts: Facts): Pick<TargetCheck, 'python' | 'torch'> {
  const python = facts.one('python')?.match(/^(\S+) (.*)$/);
  const torch = facts.one('torch')?.split(' ');
  return {
    ...(python && { python: { version: python[1]!, path: python[2]! } }),
    ...(torch && { torch: { version: torch[0]!, ...(torch[1] && { cuda: torch[1] }) } }),
  };
}

async function ask(
  target: LocalTarget | RemoteTarget,
  shell: Shell,
  signal: AbortSignal | undefined,
): Promise<TargetCheck> {
  const isSlurm = target.kind === 'slurm';
  const folder = target.kind === 'local' ? '~' : folderOf(target);
  const script = checkScript(folder, target);
  const started = Date.now();
  const { output } = await runScript(shell, script, { ...(signal && { signal }) });
  const facts = new Facts(output);
  const disk = facts.one('disk')?.match(/^(\d+) (\d+) (.*)$/);
  const gpus = parseGpus(facts.all('gpu').join('\n'));
  const clock = Number(facts.one('time')) - (started + Date.now()) / 2000;
  const check: TargetCheck = {
    ...unanswered(target),
    answers: true,
    ...named('host', facts.one('host')),
    ...named('system', facts.one('system')),
    ...pythonFacts(facts),
    gpus,
    ...(disk && { disk: { free: Number(disk[1]) * 1024, total: Number(disk[2]) * 1024, folder: disk[3]! } }),
    ...(isSlurm &&
      facts.one('slurm') && {
        slurm: { version: facts.one('slurm')!.replace(/^slurm(-wlm)? /, ''), accounting: facts.has('accounting') },
      }),
    ...(isSlurm && { partitions: facts.all('partition').flatMap(parsePartition) }),
    clockOffset: Math.round(clock),
  };
  return { ...check, problems: [...problemsOf(target, facts, check)] };
}

/** `matchdown KEY VALUE` lines; whatever else a login prints is none of them. */
class Facts {
  private readonly lines: readonly string[];

  constructor(output: string) {
    this.lines = output
      .split(/\r?\n/)
      .filter((line) => line.startsWith(`${factMark} `))
      .map((line) => line.slice(factMark.length + 1).trim());
  }

  one(key: string): string | undefined {
    return this.all(key)[0];
  }

  all(key: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1).trim());
  }

  has(word: string): boolean {
    return this.lines.includes(word);
  }
}

const named = <Key extends string>(key: Key, value: string | undefined) =>
  (value ? { [key]: value } : {}) as Partial<Record<Key, string>>;

/** `gpu*|up|4:00:00|8|3/4/1/8|gpu:a100:4|alpha`: nodes are allocated, idle, otherwise, in all; the cluster may be missing. */
function parsePartition(line: string): SlurmPartition[] {
  const [name, state, timeLimit, nodes, counts, gres, cluster] = line.split('|');
  if (!name || !counts) return [];
  return [
    {
      name: name.replace(/\*$/, ''),
      isDefault: name.endsWith('*'),
      available: state === 'up',
      timeLimit: timeLimit ?? '',
      nodes: Number(nodes),
      idleNodes: Number(counts.split('/')[1] ?? 0),
      ...(gres && gres !== '(null)' && { gres }),
      ...(cluster && { cluster }),
    },
  ];
}

function* problemsOf(target: LocalTarget | RemoteTarget, facts: Facts, check: TargetCheck): Generator<TargetProblem> {
  for (const program of facts.all('absent')) yield missingProgram(program);
  const readonly = facts.one('readonly');
  if (readonly) yield error(t('{0} cannot be written to.', readonly), t('Choose another "folder" for the target.'));
  const isSetUp = !target.setup || facts.has('setup');
  if (!isSetUp) yield error(t('The setup lines fail.'), t('Try them on the target, and correct "setup".'));
  // Lines that end the shell leave no Python to be asked.
  const isAsked = check.python || facts.has('nopython') || facts.has('slowpython');
  if (!target.command && (isSetUp || isAsked)) yield* pythonProblems(target, facts, check);
  if (check.disk && check.disk.free < 1e9)
    yield warning(
      t('Only {0} MB are free there.', Math.round(check.disk.free / 1e6)),
      t('Make room, or choose another "folder".'),
    );
  if (Math.abs(check.clockOffset ?? 0) > 60)
    yield warning(
      t('Its clock is {0} s off from the one here.', check.clockOffset ?? 0),
      t('Times of runs are given by the clock here.'),
    );
  if (target.kind === 'slurm') yield* slurmProblems(target, facts, check);
  else yield* gpuProblems(target, check.gpus);
}

function* pythonProblems(
  { python }: LocalTarget | RemoteTarget,
  facts: Facts,
  check: TargetCheck,
): Generator<TargetProblem> {
  const next = t('Set "python" of the target to the Python that has torch, or "setup" to what makes it available.');
  const name = python ?? 'python3';
  if (facts.has('slowpython')) {
    yield error(
      t('Python "{0}" does not answer within {1} s.', name, pythonPatience),
      t('Try "import torch" with it there.'),
    );
  } else if (facts.has('nopython') || !check.python) yield error(t('There is no Python "{0}".', name), next);
  else if (isOlder(check.python.version, [3, 8]))
    yield error(t('Python {0} is older than 3.8, which our trainer needs.', check.python.version), next);
  else if (!check.torch) yield error(t('This Python has no torch ({0}).', facts.one('notorch') ?? ''), next);
  else if (isOlder(check.torch.version, [1, 13]))
    yield error(t('PyTorch {0} is older than 1.13.', check.torch.version), next);
}

/** `2.13.0+cu130` */
function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first < major || (first === major && second < minor);
}

function* slurmProblems(
  { partition }: SlurmTarget,
  facts: Facts,
  { partitions = [] }: TargetCheck,
): Generator<TargetProblem> {
  const names = partitions.map(({ name }) => name);
  for (const name of partition?.split(',') ?? [])
    if (names.length > 0 && !names.includes(name))
      yield error(t('There is no partition "{0}".', name), t('There are: {0}.', names.join(', ')));
  if (names.length > 0) return;
  const next = t('Try "sinfo" there.');
  const [said] = facts.all('partition');
  yield said === undefined
    ? error(t('Slurm tells no partitions: its controller does not answer.'), next)
    : error(t('Slurm tells no partitions: {0}', said.replace(/^sinfo: /, '')), next);
}

function* gpuProblems(
  { gpus: choice = 'auto' }: Extract<Target, { kind: 'local' | 'ssh' }>,
  gpus: readonly Gpu[],
): Generator<TargetProblem> {
  const wanted = typeof choice === 'object' ? choice : [];
  const missing = wanted.find((index) => !gpus.some((gpu) => gpu.index === index));
  if (missing !== undefined) yield error(t('There is no GPU {0}.', missing), t('Correct "gpus" of the target.'));
  if (gpus.length > 0 && choice !== 'none' && !gpus.some(({ free }) => free))
    yield warning(t('No GPU is free now.'), t('A run has to wait until others are done.'));
}

const error = (message: string, nextStep: string): TargetProblem => ({ severity: 'error', message, nextStep });
const warning = (message: string, nextStep: string): TargetProblem => ({ severity: 'warning', message, nextStep });

const missingProgram = (program: string): TargetProblem =>
  error(t('The program {0} is missing there.', program), t('Install it, or ask who runs the machine.'));
