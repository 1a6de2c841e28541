import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports';

const nodes = ['n1', 'n2'] as const;

/**
 * A Slurm cluster of the tests' own: a controller and two nodes with two GPUs each on this machine, on the loopback alone,
 * without accounting. The GPUs are devices that every system has; nothing opens them.
 */
export class TestSlurm {
  private daemons: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  /** For the environment of Slurm's commands. */
  get config(): string {
    return path.join(this.folder, 'slurm.conf');
  }

  static async start(folder: string): Promise<TestSlurm> {
    for (const name of ['state', 'log', 'run', ...nodes.map((node) => `spool/${node}`)])
      mkdirSync(path.join(folder, name), { recursive: true });
    const first = await freePorts(4);
    const slurm = new TestSlurm(folder);
    writeFileSync(slurm.config, configuration(folder, first));
    writeFileSync(path.join(folder, 'gres.conf'), devices);
    // A mount point that is not there is the way to do without control groups.
    const groups = `CgroupPlugin=cgroup/v1\nCgroupMountpoint=${folder}/none\nCgroupAutomount=no\n`;
    writeFileSync(path.join(folder, 'cgroup.conf'), groups);
    slurm.spawn('/usr/sbin/slurmctld', ['-D', '-i', '-f', slurm.config]);
    for (const node of nodes) slurm.spawn('/usr/sbin/slurmd', ['-D', '-f', slurm.config, '-N', node]);
    await slurm.waitForNodes();
    return slurm;
  }

  /** Runs one of Slurm's commands. */
  run(program: string, ...args: string[]): string {
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: this.environment });
    return stdout || stderr;
  }

  async stop(): Promise<void> {
    this.run('scancel', '--quiet', '-u', os.userInfo().username);
    await sleep(500);
    for (const daemon of this.daemons) daemon.kill('SIGTERM');
    for (
      let waited = 0;
      waited < 50 && this.daemons.some(({ exitCode, signalCode }) => exitCode === null && !signalCode);
      waited++
    )
      await sleep(100);
    for (const daemon of this.daemons) daemon.kill('SIGKILL');
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: this.config };
  }

  /** Where the machine's own name does not lead to the loopback, the daemons get one that does. */
  private spawn(program: string, args: readonly string[]): void {
    const command = binding === 'renamed' ? renamed(program, args) : [program, ...args];
    this.daemons.push(spawn(command[0]!, command.slice(1), { stdio: 'ignore', env: this.environment }));
  }

  private async waitForNodes(): Promise<void> {
    for (let attempt = 0; attempt < 1000; attempt++) {
      const idle = this.run('sinfo', '-h', '-N', '-t', 'idle', '-p', 'debug', '-o', '%N').trim().split('\n');
      if (nodes.every((node) => idle.includes(node))) return;
      await sleep(100);
    }
    throw new Error(`The nodes do not come up: ${this.run('sinfo', '-N', '-l')}`);
  }
}

/**
 * Slurm binds to the address of its machine's name. Where that is not the loopback the daemons get a name that is; where that
 * is not allowed (a container), they bind to every address, which only a machine of continuous integration is asked to bear.
 */
const binding = findBinding();
const hostName = binding === 'renamed' ? 'localhost' : os.hostname();

function findBinding(): 'loopback' | 'renamed' | 'everywhere' {
  if (/^127\./.test(spawnSync('getent', ['ahostsv4', os.hostname()], { encoding: 'utf8' }).stdout)) return 'loopback';
  const [program, ...args] = renamed('true', []);
  return spawnSync(program!, args).status === 0 || !process.env.CI ? 'renamed' : 'everywhere';
}

function renamed(program: string, args: readonly string[]): string[] {
  const user = process.getuid?.() === 0 ? [] : ['-U', '--map-current-user', '--keep-caps'];
  return ['unshare', ...user, '-u', 'sh', '-c', 'hostname localhost; exec "$@"', 'sh', program, ...args];
}

const devices = nodes
  .flatMap((node) => ['/dev/null', '/dev/zero'].map((file) => `NodeName=${node} Name=gpu Type=fake File=${file}\n`))
  .join('');

const configuration = (folder: string, port: number): string => `ClusterName=test
SlurmctldHost=${hostName}(127.0.0.1)
SlurmctldPort=${port}
SlurmdPort=${port + 1}
SlurmUser=${os.userInfo().username}
SlurmdUser=${os.userInfo().username}
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
${binding === 'everywhere' ? '' : 'CommunicationParameters=NoInAddrAny,NoCtldInAddrAny'}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd.%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0,requeue_setup_env_fail
GresTypes=gpu
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=30
InactiveLimit=0
KillWait=2
MinJobAge=300
Waittime=0
JobRequeue=1
SlurmdParameters=config_overrides
PropagateResourceLimits=NONE
MailProg=/bin/true
NodeName=n[1-2] NodeHostname=${hostName} NodeAddr=127.0.0.1 Port=[${port + 2}-${port + 3}] CPUs=4 RealMemory=4000 Gres=gpu:fake:2 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=10:00 DefMemPerCPU=100 State=UP
`;
