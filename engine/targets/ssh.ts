import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loginShellCommand } from '../../core/runs/remoteScript';
import type { Host } from '../../core/runs/target';
import { expandHome } from '../runs/dataPaths';
import { ConnectionError, explainSsh } from './connectionError';
import type { Shell } from './shell';

/**
 * A shell behind the system's own `ssh`: the user's configuration, agent and jump hosts are used as they are, and host keys are
 * checked as it says. Without `interactive` nothing is ever asked, so that nothing waits for an answer that nobody can give.
 */
export class SshShell implements Shell {
  readonly host: string;
  private options: Promise<readonly string[]> | undefined;

  constructor(
    private readonly target: Host,
    private readonly interactive = false,
  ) {
    this.host = target.host;
  }

  async command(script: string): Promise<readonly string[]> {
    this.options ??= connectionOptions(this.target);
    return [...this.start(), ...(await this.options), '--', this.host, loginShellCommand(script)];
  }

  explain(errors: string): ConnectionError {
    return explainSsh(this.host, errors);
  }

  /** What belongs to every call: no terminal there, nothing that the user's configuration starts or forwards. */
  private start(): string[] {
    const fixed = ['ssh', '-T', ...place(this.target)];
    const options = ['ClearAllForwardings=yes', 'RemoteCommand=none', ...(this.interactive ? [] : ['BatchMode=yes'])];
    return [...fixed, ...options.flatMap((option) => ['-o', option])];
  }
}

const place = ({ port, sshConfig }: Host): string[] => [
  ...(sshConfig === undefined ? [] : ['-F', expandHome(sshConfig)]),
  ...(port === undefined ? [] : ['-p', String(port)]),
];

/** Shares one connection, and notices a dead network, unless the user's configuration does so its own way. */
async function connectionOptions(target: Host): Promise<readonly string[]> {
  const configured = await effectiveConfiguration(target);
  const options: string[] = [];
  if ((configured.get('serveraliveinterval') ?? '0') === '0')
    options.push('ServerAliveInterval=10', 'ServerAliveCountMax=3');
  if (!configured.has('connecttimeout') || configured.get('connecttimeout') === 'none')
    options.push('ConnectTimeout=20');
  const folder = configured.has('controlpath') ? undefined : await controlFolder();
  if (folder !== undefined) options.push('ControlMaster=auto', `ControlPath="${folder}/%C"`, 'ControlPersist=30');
  return options.flatMap((option) => ['-o', option]);
}

/** What `ssh -G` says of a host. Throws `ConnectionError` when there is no ssh, or its configuration is wrong. */
async function effectiveConfiguration(target: Host): Promise<ReadonlyMap<string, string>> {
  try {
    const args = ['-G', ...place(target), '--', target.host];
    const { stdout } = await promisify(execFile)('ssh', args, { timeout: 20_000, windowsHide: true });
    const lines = stdout.split(/\r?\n/).map((line) => line.split(' '));
    return new Map(lines.map(([key = '', ...value]) => [key.toLowerCase(), value.join(' ')] as const));
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new ConnectionError('program', 'ssh', 'ENOENT');
    throw explainSsh(target.host, stderr ?? String(error));
  }
}

/**
 * A folder of the user's own, with a short path: a socket's path has to stay under 104 bytes. Undefined where connections cannot
 * be shared (Windows), or where somebody else owns the folder.
 */
async function controlFolder(): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const { uid } = os.userInfo();
  const base = process.env.XDG_RUNTIME_DIR || os.tmpdir();
  const folder = path.join(base, `matchdown-ssh-${uid}`);
  // ssh adds 40 digits, and for a moment 17 signs more; and it reads some signs otherwise than they stand there.
  if (Buffer.byteLength(folder) + 60 > 104 || /[%"\\]|\$\{/.test(folder)) return undefined;
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const info = await lstat(folder).catch(() => undefined);
  if (!info?.isDirectory() || info.uid !== uid) return undefined;
  await chmod(folder, 0o700);
  return folder;
}
