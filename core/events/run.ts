import { Columns } from './columns';
import type { EventSink } from './eventFile';
import { TagTable } from './tagTable';

/**
 * What the event files of one run say, in columns per tag. Files are given in the order of their names, which is that of
 * time, so that a run that was preempted and resumed reads as one.
 *
 * Restarts are treated as TensorBoard's `EventAccumulator` does. Files of version 2 (all of today's writers) say so with a
 * session log: every point of the restart's step and later ones is forgotten, in all tags. In older files a step that is
 * smaller than the one before is a restart, for the tags of that event only.
 */
export class RunLog implements EventSink {
  private readonly table = new TagTable();
  private readonly columns: Columns[] = [];
  private readonly kinds: (string | undefined)[] = [];
  private readonly plugins: (string | undefined)[] = [];
  private version = 0;
  private highestStep = -1;
  /** The step that the present event's tags start again from. */
  private restartedAt: number | undefined;
  private points = 0;

  /** In the order in which they first appeared. */
  tags(): LoggedTag[] {
    return this.columns
      .map((columns, tag) => ({ tag: this.table.names[tag]!, kind: this.kinds[tag] ?? 'tensors', columns }))
      .filter(({ columns }) => columns.count > 0);
  }

  find(name: string): LoggedTag | undefined {
    return this.tags().find(({ tag }) => tag === name);
  }

  event(step: number, isSummary: boolean): void {
    this.restartedAt = undefined;
    if (this.version >= 2) return;
    if (isSummary && step < this.highestStep) this.restartedAt = step;
    else this.highestStep = step;
  }

  fileVersion(version: number): void {
    this.version = version;
  }

  sessionStart(step: number): void {
    if (this.version >= 2) for (const columns of this.columns) columns.purge(step);
  }

  tag(bytes: Uint8Array, start: number, end: number): number {
    const tag = this.table.find(bytes, start, end);
    if (tag === this.columns.length) this.columns.push(new Columns());
    if (this.restartedAt !== undefined) this.columns[tag]!.purge(this.restartedAt);
    return tag;
  }

  plugin(tag: number, name: string): void {
    this.plugins[tag] ??= name;
  }

  pluginOf(tag: number): string | undefined {
    return this.plugins[tag];
  }

  scalar(tag: number, wallTime: number, step: number, value: number): void {
    this.kinds[tag] ??= scalars;
    this.columns[tag]!.push(step, wallTime, value, this.points++);
  }

  other(tag: number, kind: string, wallTime: number, step: number): void {
    this.kinds[tag] ??= kind;
    this.columns[tag]!.push(step, wallTime, Number.NaN, this.points++);
  }
}

/** The kind of the tags whose values are read; of all others only steps and times are known. */
export const scalars = 'scalars';

export interface LoggedTag {
  readonly tag: string;
  /** TensorBoard's name of the plugin that shows it: `scalars`, `images`, `histograms`, `text`, `hparams`, `audio`, ... */
  readonly kind: string;
  readonly columns: Columns;
}
