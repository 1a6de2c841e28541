import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import type { ProcessIdentity, RunRecord } from '../../core/runs/record';
import type { Evidence } from '../../core/runs/states';
import { errorCode } from '../errors';

/** What tells this process from a later one with the same number. */
export async function processIdentity(pid = process.pid): Promise<ProcessIdentity> {
  const startTime = await startTimeOf(pid);
  const boot = await bootId();
  return { pid, ...(startTime !== undefined && { startTime }), ...(boot !== undefined && { boot }) };
}

/** What can be told about a run's process from this machine. */
export async function gatherEvidence(record: RunRecord): Promise<Evidence> {
  const host = os.hostname();
  const state = record.process && record.host === host ? await observe(record.process) : 'unknown';
  // A supervisor that was killed leaves what it supervised going on.
  const worker = state === 'gone' && record.worker ? await observe(record.worker) : state;
  return { now: new Date(), host, process: worker === 'alive' ? 'alive' : state };
}

/** `unknown` only where the system does not tell when a process with that number started. */
export async function observe(identity: ProcessIdentity): Promise<Evidence['process']> {
  const boot = await bootId();
  if (identity.boot !== undefined && boot !== undefined && identity.boot !== boot) return 'rebooted';
  if (!exists(identity.pid)) return 'gone';
  const startTime = await startTimeOf(identity.pid);
  // It may have ended since the first look.
  if (startTime === undefined && !exists(identity.pid)) return 'gone';
  if (identity.startTime === undefined || startTime === undefined) return 'unknown';
  return startTime === identity.startTime ? 'alive' : 'gone';
}

/**
 * Sends a signal to a process group, by the identity of its leader; on Windows, which has no groups, its tree of processes is
 * ended whatever the signal. A group whose leader has ended is signalled all the same, as long as it has members. False when it
 * may not be done.
 */
export async function signalGroup({ pid, boot }: ProcessIdentity, name: NodeJS.Signals): Promise<boolean> {
  if (boot !== undefined && boot !== (await bootId())) return true;
  try {
    if (process.platform === 'win32') await promisify(execFile)('taskkill', ['/pid', String(pid), '/t', '/f']);
    else process.kill(-pid, name);
    return true;
  } catch (error) {
    return errorCode(error) !== 'EPERM';
  }
}

/** Whether a process group has a member left that is no zombie. */
export async function groupIsAlive(leader: ProcessIdentity): Promise<boolean> {
  if (process.platform === 'win32') return (await observe(leader)) === 'alive';
  try {
    process.kill(-leader.pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return process.platform !== 'linux' || hasLivingMember(leader.pid);
}

/** Field 5 of proc(5)'s stat is the process group, field 3 the state. */
async function hasLivingMember(group: number): Promise<boolean> {
  for (const name of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const fields = await statFields(Number(name));
    if (fields && fields[2] === String(group) && fields[0] !== 'Z') return true;
  }
  return false;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Changes at every start of the system; Linux only. */
async function bootId(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim();
}

/** Linux: clock ticks since the boot (proc(5), field 22 of stat). macOS: `ps`. Elsewhere unknown. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const fields = await statFields(pid);
    return fields?.[0] === 'Z' ? 'zombie' : fields?.[19];
  }
  if (process.platform !== 'darwin') return undefined;
  const output = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => undefined);
  return output?.stdout.trim() || undefined;
}

/** Of proc(5)'s stat, from the third field on. The second is the program's name in parentheses, which may hold anything. */
async function statFields(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
