import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataSection } from '../core/scheme/types';
import { countTrainingSamples } from '../engine/data/sampleCount';
import { filePath } from './files';

/** Typing goes on for this long before data is looked at. */
const lookDelay = 500;

/** Class folders of which a change is noticed. */
const mostWatched = 1000;

/**
 * How many samples there are to train with, for each open scheme. Counted after typing has come to rest, and again only when
 * the data or what the scheme says of it has changed.
 */
export class DataFacts {
  private readonly counted = new Map<string, Counted>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /**
   * @param dataOf what a scheme says of its data now; nothing where it is not to be looked at
   * @param changed told when the number of a scheme has changed
   */
  constructor(
    private readonly dataOf: (uri: string) => DataSection | undefined,
    private readonly changed: (uri: string) => void,
    private readonly delay = lookDelay,
  ) {}

  trainingSamples(uri: string): number | undefined {
    return this.counted.get(uri)?.samples;
  }

  /** A scheme was opened, edited or saved. */
  schedule(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(uri, setTimeout(() => void this.look(uri), this.delay).unref());
  }

  forget(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.counted.delete(uri);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async look(uri: string): Promise<void> {
    const data = this.dataOf(uri);
    // A scheme that cannot be read at the moment will be read again soon.
    if (data === undefined) return;
    const file = dataFile(uri, data);
    const key = file === undefined ? '' : await keyOf(file, data);
    const known = this.counted.get(uri);
    if (known?.key === key || !this.timers.has(uri)) return;
    const samples = file === undefined ? undefined : await countTrainingSamples(file, data);
    if (!this.timers.has(uri)) return;
    this.counted.set(uri, { key, samples });
    if (samples !== known?.samples) this.changed(uri);
  }
}

interface Counted {
  readonly key: string;
  readonly samples: number | undefined;
}

function dataFile(uri: string, { dataPath }: DataSection): string | undefined {
  const scheme = filePath(uri);
  return scheme === undefined || dataPath === undefined ? undefined : path.resolve(path.dirname(scheme), dataPath);
}

/** What the number depends on: the data's state on the disk, and how the scheme divides it. */
async function keyOf(file: string, data: DataSection): Promise<string> {
  const { labelType, labelColumn, dataOrientation, validationSplit, validationPath } = data;
  const division = { labelType, labelColumn, dataOrientation, validationSplit, own: validationPath !== undefined };
  return JSON.stringify([file, await stateOf(file), division]);
}

async function stateOf(file: string): Promise<readonly unknown[]> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isDirectory()) return [info?.size, info?.mtimeMs];
  const names = (await readdir(file).catch(() => [])).slice(0, mostWatched);
  const inner = await Promise.all(names.map((name) => stat(path.join(file, name)).catch(() => undefined)));
  return [info.mtimeMs, ...inner.map((one) => one?.mtimeMs)];
}
