import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary } from '../core/protocol/runs';
import { isActive } from '../core/runs/states';
import { isEventFile } from '../engine/events';
import { readRun } from '../engine/runs/store';

/**
 * Notices what changes in runs, by looking: file systems of clusters tell nobody. Each round looks at all runs that are
 * going on and at some of the others in turn, so that its cost does not grow with the number of runs.
 */
export class RunWatcher {
  private roots: readonly string[] = [];
  private rootsKey: string | undefined;
  private runs = new Map<string, WatchedRun>();
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param tell is given the folders of the runs that changed; an empty list when the set of runs did */
  constructor(
    private readonly tell: (folders: readonly string[]) => void,
    private readonly interval = 1000,
  ) {}

  /** Watches what was listed. A list of single runs renews what is known of these; any other replaces what was watched. */
  listed(folders: readonly string[], runs: readonly RunSummary[]): void {
    const renewed = new Map(runs.map((run) => [run.folder, { run, files: this.runs.get(run.folder)?.files }]));
    if (folders.every((folder) => renewed.has(path.resolve(folder)))) {
      for (const [folder, run] of renewed) this.runs.set(folder, run);
    } else {
      this.runs = renewed;
      this.roots = folders;
      this.rootsKey = undefined;
    }
    this.timer ??= this.schedule();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      void this.look().finally(() => {
        if (this.timer) this.timer = this.schedule();
      });
    }, this.interval).unref();
  }

  /** One round. */
  async look(): Promise<void> {
    const rootsKey = (await Promise.all(this.roots.map(modified))).join();
    const isNewSet = this.rootsKey !== undefined && this.rootsKey !== rootsKey;
    this.rootsKey = rootsKey;
    const changed = await Promise.all(
      this.due().map(async (watched) => ((await hasChanged(watched)) ? [watched] : [])),
    );
    if (isNewSet) this.tell([]);
    if (changed.flat().length > 0) this.tell(changed.flat().map(({ run }) => run.folder));
  }

  private due(): WatchedRun[] {
    const all = [...this.runs.values()];
    const quiet = all.filter(({ run }) => !goesOn(run));
    const start = this.turn < quiet.length ? this.turn : 0;
    this.turn = start + quietPerRound;
    return [...all.filter(({ run }) => goesOn(run)), ...quiet.slice(start, this.turn)];
  }
}

interface WatchedRun {
  run: RunSummary;
  /** Sizes and times of the files that were seen last. */
  files: string | undefined;
}

const quietPerRound = 20;

/** A run without a record may still be written to. */
function goesOn({ record }: RunSummary): boolean {
  return record !== undefined && isActive(record);
}

async function hasChanged(watched: WatchedRun): Promise<boolean> {
  const files = await filesKey(watched.run.folder);
  const filesChanged = watched.files !== undefined && watched.files !== files;
  watched.files = files;
  if (!goesOn(watched.run)) return filesChanged;
  const now = await readRun(watched.run.folder).catch(() => undefined);
  const recordChanged = now !== undefined && recordKey(now) !== recordKey(watched.run);
  if (now) watched.run = now;
  return filesChanged || recordChanged;
}

function recordKey({ record }: RunSummary): string {
  return `${record?.state} ${record?.progress?.updated}`;
}

async function filesKey(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const told = names.filter((name) => name === 'run.json' || isEventFile(name));
  const keys = told.map(async (name) => `${name}:${await modified(path.join(folder, name))}`);
  return (await Promise.all(keys)).join();
}

async function modified(file: string): Promise<string> {
  const stats = await stat(file).catch(() => undefined);
  return stats ? `${stats.size}:${stats.mtimeMs}` : '';
}
