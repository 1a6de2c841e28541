import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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
  return { now: new Date(), host, process: state };
}

/** `unknown` only where the system does not tell when a process with that number started. */
export async function observe(identity: ProcessIdentity): Promise<Evidence['process']> {
  const boot = await bootId();
  if (identity.boot !== undefined && boot !== undefined && identity.boot !== boot) return 'rebooted';
  if (!exists(identity.pid)) return 'gone';
  const startTime = await startTimeOf(identity.pid);
  if (identity.startTime === undefined || startTime === undefined) return 'unknown';
  return startTime === identity.startTime ? 'alive' : 'gone';
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
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  }
  if (process.platform !== 'darwin') return undefined;
  const output = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => undefined);
  return output?.stdout.trim() || undefined;
}
