/** The run's folder is no longer on the target. */
export interface MissingRun {
  readonly missing: true;
}

/** What `supervisor.sh` tells of a run. Times are seconds since 1970 by the target's clock. */
export interface Look {
  readonly missing?: undefined;
  readonly time: number;
  /** The number of the latest attempt; 0 when nothing was started yet. */
  readonly attempt: number;
  readonly attempts: readonly RemoteAttempt[];
  /** Whether the latest attempt's processes can be seen from where the target was asked. */
  readonly place: 'here' | 'rebooted' | 'elsewhere' | 'nowhere';
  readonly alive: boolean;
  /** The supervisor's last sign of life. */
  readonly beat?: number;
  /** It was asked to stop. */
  readonly stopping: boolean;
  /** The job that Slurm made of it. */
  readonly submitted?: string;
  /** Of a Slurm job: undefined when Slurm could not be asked. */
  readonly job?: { readonly state: string; readonly reason?: string; readonly nodes?: string } | 'unknown';
  readonly files: readonly RemoteFile[];
}

export interface RemoteAttempt {
  readonly number: number;
  readonly process?: { readonly pid: number; readonly startTime?: string; readonly boot?: string };
  readonly host?: string;
  readonly job?: string;
  readonly started?: number;
  readonly end?: RemoteEnd;
}

export interface RemoteEnd {
  /** `requeue`: it made room and queued itself again. */
  readonly kind: 'exit' | 'requeue';
  readonly code: number;
  readonly time: number;
  /** It made room before it had a new checkpoint. */
  readonly fruitless?: true;
  /** Why the run's folder took no file then, in the words of the system there. */
  readonly refusal?: string;
}

export interface RemoteFile {
  /** Relative, with `/`; checked: it is below the run's folder on any system. */
  readonly path: string;
  readonly bytes: number;
  readonly time: number;
}

/** `undefined`: the run is missing. Lines that are not understood are left out. */
export function parseLook(lines: readonly string[] | undefined): Look | MissingRun {
  if (!lines) return { missing: true };
  const value = (key: string) =>
    lines
      .find((line) => line.startsWith(`${key} `))
      ?.slice(key.length + 1)
      .trim();
  const beat = Number(value('beat') || Number.NaN);
  const submitted = value('submitted');
  const job = value('job');
  return {
    time: Number(value('time') ?? 0),
    attempt: Number(value('attempt') ?? 0),
    attempts: parseAttempts(lines),
    place: placeOf(value('place')),
    alive: lines.some((line) => line.startsWith('alive ')),
    ...(Number.isFinite(beat) && { beat }),
    stopping: lines.includes('stopping'),
    ...(submitted && { submitted }),
    ...(job !== undefined && job !== '?' && { job: parseJob(job) }),
    files: lines.flatMap(parseFile),
  };
}

function placeOf(word: string | undefined): Look['place'] {
  if (word === 'here' || word === 'rebooted') return word;
  return word?.startsWith('elsewhere') ? 'elsewhere' : 'nowhere';
}

function parseAttempts(lines: readonly string[]): RemoteAttempt[] {
  const byNumber = new Map<number, Map<string, string>>();
  for (const line of lines) {
    const match = /^(\d+) ([a-z]+) ?(.*)$/.exec(line);
    if (!match) continue;
    const [, number, key, rest] = match as unknown as [string, string, string, string];
    const facts = byNumber.get(Number(number)) ?? new Map<string, string>();
    byNumber.set(Number(number), facts.set(key, rest.trim()));
  }
  return [...byNumber].map(([number, facts]) => attemptOf(number, facts)).sort((a, b) => a.number - b.number);
}

function attemptOf(number: number, facts: ReadonlyMap<string, string>): RemoteAttempt {
  const [pid, startTime] = (facts.get('command') ?? '').split(' ');
  const boot = facts.get('boot');
  const started = Number(facts.get('time') || Number.NaN);
  const [host, job] = [facts.get('host'), facts.get('job')];
  const end = parseEnd(facts.get('exit') ?? '');
  return {
    number,
    ...(pid && { process: { pid: Number(pid), ...(startTime && { startTime }), ...(boot && { boot }) } }),
    ...(host && { host }),
    ...(job && { job }),
    ...(Number.isFinite(started) && { started }),
    ...(end && { end }),
  };
}

/** `requeue 75 1700000000 fruitless`, `exit 1 1700000000 No space left on device` */
function parseEnd(text: string): RemoteEnd | undefined {
  const match = /^(exit|requeue) (\d+) (\d+)( fruitless)?(?: (.+))?$/.exec(text);
  if (!match) return undefined;
  const [, kind, code, time, fruitless, refusal] = match;
  return {
    kind: kind as RemoteEnd['kind'],
    code: Number(code),
    time: Number(time),
    ...(fruitless && { fruitless: true }),
    ...(refusal && { refusal }),
  };
}

/** `RUNNING|None|node1`; `CANCELLED by 1000|...` from the accounting. */
function parseJob(text: string): NonNullable<Look['job']> {
  if (text === '-') return 'unknown';
  const [state = '', reason, nodes] = text.split('|').map((part) => part.trim());
  const word = state.split(/[ +]/)[0] ?? '';
  return { state: word, ...(reason && reason !== 'None' && { reason }), ...(nodes && { nodes }) };
}

function parseFile(line: string): RemoteFile[] {
  const match = /^file (\d+) (\d+) \.\/(.+)$/.exec(line);
  if (!match || !isSafePath(match[3]!)) return [];
  return [{ bytes: Number(match[1]), time: Number(match[2]), path: match[3]! }];
}

/** Nothing that leads out of a folder, or that some system reads otherwise. */
function isSafePath(path: string): boolean {
  const isPlain = !/[\p{Cc}\\:*?"<>|]/u.test(path) && path === path.trim();
  return isPlain && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
