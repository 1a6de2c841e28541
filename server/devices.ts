import type { Device } from '../core/shape/checks/size';

/** Memory of GPUs that models are often trained on, in GiB, as their makers name it. The same list stands in package.json. */
export const deviceMemory: ReadonlyMap<string, number> = new Map([
  ['RTX 3060', 12],
  ['RTX 3070', 8],
  ['RTX 3080', 10],
  ['RTX 3090', 24],
  ['RTX 4060', 8],
  ['RTX 4070', 12],
  ['RTX 4080', 16],
  ['RTX 4090', 24],
  ['RTX 5070', 12],
  ['RTX 5080', 16],
  ['RTX 5090', 32],
  ['RTX A6000', 48],
  ['T4', 16],
  ['L4', 24],
  ['L40S', 48],
  ['V100 16 GB', 16],
  ['V100 32 GB', 32],
  ['A10', 24],
  ['A100 40 GB', 40],
  ['A100 80 GB', 80],
  ['H100', 80],
  ['H200', 141],
  ['MI250X', 128],
  ['MI300X', 192],
]);

const bytesPerGiB = 2 ** 30;

/**
 * The device that a setting names: one of the list, however it is spelt (`nvidia h100`), or any with its memory:
 * `{ "name": "our cluster", "memoryGiB": 40 }`. Nothing for anything else.
 */
export function deviceFrom(setting: unknown): Device | undefined {
  if (typeof setting === 'string') return listed(setting);
  if (typeof setting !== 'object' || setting === null) return undefined;
  const { name, memoryGiB } = setting as { readonly name?: unknown; readonly memoryGiB?: unknown };
  if (typeof name !== 'string' || typeof memoryGiB !== 'number' || !(memoryGiB > 0)) return undefined;
  return { name, memoryBytes: memoryGiB * bytesPerGiB };
}

function listed(setting: string): Device | undefined {
  const [name, memory] = [...deviceMemory].find(([one]) => plain(one) === plain(setting)) ?? [];
  return name === undefined || memory === undefined ? undefined : { name, memoryBytes: memory * bytesPerGiB };
}

/** Without maker, blanks and hyphens. */
function plain(name: string): string {
  return name.toLowerCase().replace(/nvidia|geforce|tesla|amd|instinct|[\s_-]+/g, '');
}
