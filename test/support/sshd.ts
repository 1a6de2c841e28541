import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { FaultProxy } from './faultProxy';
import { freePorts } from './ports';

export interface SshdOptions {
  /** For the sessions of clients. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An sshd of the tests' own: on the loopback alone, with keys of its own, reached through a proxy that injects faults. */
export class TestSshd {
  private constructor(
    private readonly folder: string,
    readonly proxy: FaultProxy,
    private readonly daemon: ReturnType<typeof spawn>,
  ) {}

  /** What `ssh -F` takes; the host is `testhost`. */
  get config(): string {
    return path.join(this.folder, 'ssh_config');
  }

  static async start(folder: string, { environment = {} }: SshdOptions = {}): Promise<TestSshd> {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const port = await freePorts(1);
    makeKeys(folder);
    // The system's sshd wants this folder for its children without rights.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    writeFileSync(path.join(folder, 'sshd_config'), serverConfig(folder, port, environment));
    const daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path.join(folder, 'sshd_config')], { stdio: 'ignore' });
    const proxy = await FaultProxy.start(port);
    const sshd = new TestSshd(folder, proxy, daemon);
    sshd.writeClientConfig();
    await sshd.waitUntilItAnswers();
    return sshd;
  }

  /** The host's key is another one from now on: as when somebody else answers. */
  changeHostKey(): void {
    const [type, key] = readFileSync(path.join(this.folder, 'other.pub'), 'utf8').split(' ');
    writeFileSync(path.join(this.folder, 'known_hosts'), `[127.0.0.1]:${this.proxy.port} ${type} ${key}\n`);
  }

  restoreHostKey(): void {
    const [type, key] = readFileSync(path.join(this.folder, 'host.pub'), 'utf8').split(' ');
    writeFileSync(path.join(this.folder, 'known_hosts'), `[127.0.0.1]:${this.proxy.port} ${type} ${key}\n`);
  }

  /** Ends shared connections, and waits for sessions to end. */
  disconnect(): void {
    this.proxy.cut();
  }

  stop(): void {
    this.proxy.stop();
    this.daemon.kill();
  }

  private writeClientConfig(): void {
    this.restoreHostKey();
    const lines = [
      'Host testhost',
      '  HostName 127.0.0.1',
      `  Port ${this.proxy.port}`,
      `  User ${os.userInfo().username}`,
      `  IdentityFile "${path.join(this.folder, 'client')}"`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      `  UserKnownHostsFile "${path.join(this.folder, 'known_hosts')}"`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
      '  UpdateHostKeys no',
    ];
    writeFileSync(this.config, `${lines.join('\n')}\n`);
  }

  private async waitUntilItAnswers(): Promise<void> {
    const args = ['-F', this.config, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', 'testhost', 'true'];
    for (let attempt = 0; attempt < 100; attempt++) {
      // Not synchronously: the proxy is in this process.
      const answered = await promisify(execFile)('ssh', args).then(
        () => true,
        () => false,
      );
      if (answered) return;
      await sleep(100);
    }
    throw new Error('sshd does not answer.');
  }
}

function makeKeys(folder: string): void {
  for (const name of ['host', 'other', 'client']) {
    const file = path.join(folder, name);
    if (!existsSync(file)) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    chmodSync(file, 0o600);
  }
  copyFileSync(path.join(folder, 'client.pub'), path.join(folder, 'authorized_keys'));
}

function serverConfig(folder: string, port: number, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `"${name}=${value}"`);
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey "${path.join(folder, 'host')}"`,
    `PidFile "${path.join(folder, 'sshd.pid')}"`,
    `AuthorizedKeysFile "${path.join(folder, 'authorized_keys')}"`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'PrintMotd no',
    'PrintLastLog no',
    'UseDNS no',
    ...(variables.length > 0 ? [`SetEnv ${variables.join(' ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
