import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandText } from '../../core/runs/shell';
import type { Gpu } from '../../core/runs/target';
import { runScript, type Shell } from './shell';

/** What is asked of `nvidia-smi`, here and on targets. */
export const gpuQuery = [
  'nvidia-smi',
  '--query-gpu=index,name,memory.total,memory.used,utilization.gpu',
  '--format=csv,noheader,nounits',
] as const;

/** The NVIDIA GPUs of this machine; none where there is no driver. */
export async function localGpus(): Promise<Gpu[]> {
  const [program, ...args] = gpuQuery;
  const output = await promisify(execFile)(program, args, { timeout: 20_000, windowsHide: true }).catch(
    () => undefined,
  );
  return parseGpus(output?.stdout ?? '');
}

/** Those of another machine. Throws `ConnectionError`. */
export async function remoteGpus(shell: Shell, signal?: AbortSignal): Promise<Gpu[]> {
  const { output } = await runScript(shell, `${commandText(gpuQuery)} 2>/dev/null`, { ...(signal && { signal }) });
  return parseGpus(output);
}

/** Reads `0, NVIDIA A100-SXM4-40GB, 40960, 3, 0`; what the driver does not tell is `[N/A]`. */
export function parseGpus(text: string): Gpu[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim());
    if (fields.length < 5 || !/^\d+$/.test(fields[0]!)) return [];
    // A name may hold commas.
    const [total, used, utilization] = fields.slice(-3).map(Number) as [number, number, number];
    if (!Number.isFinite(total)) return [];
    const memoryUsed = Number.isFinite(used) ? used : 0;
    return [
      {
        index: Number(fields[0]),
        name: fields.slice(1, -3).join(', '),
        memoryTotal: total,
        memoryUsed,
        ...(Number.isFinite(utilization) && { utilization }),
        free: isFree(total, memoryUsed, utilization),
      },
    ];
  });
}

/** A driver and a desktop keep some memory; who computes takes more, or is busy. */
function isFree(total: number, used: number, utilization: number): boolean {
  return used < Math.max(0.05 * total, 600) && !(utilization > 10);
}
