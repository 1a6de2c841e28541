import type { ExperimentsEvents, ExperimentsRequests } from '../../core/protocol/experiments';
import type { RunSummary, Series } from '../../core/protocol/runs';
import { activeStates } from '../../core/runs/record';
import type { SweepRecord } from '../../core/sweep/record';
import { Host } from '../shared/host';
import { messageOf } from '../shared/page';
import { onThemeChange } from '../shared/theme';
import type { ChartSettings } from './chart';
import { ChosenRuns } from './chosenRuns';
import { makeRows } from './rows';
import type { TableState } from './runTable';
import { View } from './view';

/** What is kept while the page is not there. */
export interface PanelState {
  readonly chosen: readonly string[];
  /** False until runs were chosen for the first time: then the newest ones are. */
  readonly hasChosen: boolean;
  readonly table: TableState;
  readonly charts: ChartSettings;
  /** The table's share of the height. */
  readonly split: number;
}

const initialState: PanelState = {
  chosen: [],
  hasChosen: false,
  table: { sorting: { column: 'started', descending: true }, filter: '', sweep: '', active: '' },
  charts: { axis: 'step', smoothing: 0, isLogarithmic: false },
  split: 0.42,
};

/** Runs drawn when the panel is opened for the first time. */
const chosenAtFirst = 5;
/** Milliseconds in which changes are gathered into one reading. */
const gatherTime = 300;
/** Runs without a record whose last values are looked up for the table. */
const mostLogsLookedUp = 50;

/** What the panel knows and asks for; `View` shows it. */
export class ExperimentsPanel {
  private readonly host = new Host<ExperimentsRequests, ExperimentsEvents>();
  private state = this.host.state(initialState);
  private readonly chosen = new ChosenRuns(this.state.chosen);
  private readonly runs = new Map<string, RunSummary>();
  private sweeps: readonly SweepRecord[] = [];
  private readonly series = new Map<string, readonly Series[]>();
  private readonly lastValues = new Map<string, Readonly<Record<string, number>>>();
  private readonly changed = new Set<string>();
  private isWholeListDue = false;
  private gathering: number | undefined;
  private reading = 0;
  private readonly view: View;

  constructor(app: HTMLElement) {
    this.view = new View(app, this.state, {
      onTable: (table) => this.keep({ table }),
      onCharts: (charts) => this.keep({ charts }),
      onSplit: (split) => this.keep({ split }),
      onChoose: (folders, isChosen) => void this.choose(folders, isChosen),
      onRetry: () => void this.loadAll(),
      onRunScheme: () => void this.act(this.host.ask('scheme/run', {})),
      onNotes: () => void this.act(this.host.ask('run/note', { folders: this.chosen.folders })),
      stop: ({ folder }) => void this.act(this.host.ask('run/stop', { folder })),
      match: ({ folder }) => void this.act(this.host.ask('run/match', { folder })),
      note: ({ folder }) => void this.act(this.host.ask('run/note', { folders: [folder] })),
      log: ({ folder }) => void this.act(this.host.ask('run/log', { folder })),
      resume: ({ folder }) => void this.act(this.host.ask('run/resume', { folder })),
      clone: ({ folder }) => void this.act(this.host.ask('run/clone', { folder })),
      openFolder: ({ folder }) => void this.act(this.host.ask('run/openFolder', { folder })),
    });
    this.host.on('runs/changed', ({ folders }) => this.onChanged(folders));
    this.host.on('runs/compare', ({ folders }) => void this.compare(folders));
    onThemeChange(() => this.view.redraw());
    void this.start();
  }

  private async start(): Promise<void> {
    await this.loadAll();
    const { folders } = await this.host.ask('runs/toCompare', {});
    if (folders.length > 0) await this.compare(folders);
  }

  /** Draws these runs alone; the first of them is the active one. */
  private async compare(folders: readonly string[]): Promise<void> {
    if (folders.some((folder) => !this.runs.has(folder))) await this.loadAll();
    for (const folder of this.chosen.folders) this.chosen.remove(folder);
    this.view.activate(folders[0]!);
    await this.choose(folders, true);
  }

  private keep(state: Partial<PanelState>): void {
    this.state = { ...this.state, ...state };
    this.host.keep(this.state);
  }

  /** What went wrong with an action is told above the table, which stays. */
  private async act(action: Promise<unknown>): Promise<void> {
    try {
      await action;
      this.view.showProblem(undefined);
    } catch (error) {
      this.view.showProblem(messageOf(error));
    }
  }

  private async loadAll(): Promise<void> {
    try {
      const [runs, sweeps] = await Promise.all([this.host.ask('runs/list', {}), this.host.ask('sweeps/list', {})]);
      this.sweeps = sweeps;
      const known = new Set(this.runs.keys());
      this.runs.clear();
      for (const run of runs) this.runs.set(run.folder, run);
      this.chosen.retain((folder) => this.runs.has(folder));
      this.chooseNew(runs.filter(({ folder }) => !known.has(folder)));
      this.view.showProblem(undefined);
      await this.readSeries(this.chosen.folders);
      await this.lookUpLogs();
    } catch (error) {
      this.view.showFailure(messageOf(error));
    }
  }

  /** The newest runs at first; later on those that have just been started. */
  private chooseNew(added: readonly RunSummary[]): void {
    const isActive = ({ record }: RunSummary) => record !== undefined && activeStates.includes(record.state);
    const picked = this.state.hasChosen ? added.filter(isActive) : added.slice(0, chosenAtFirst);
    for (const { folder } of picked) this.chosen.add(folder);
    if (this.runs.size > 0) this.keep({ chosen: this.chosen.folders, hasChosen: true });
  }

  private onChanged(folders: readonly string[]): void {
    if (folders.length === 0) this.isWholeListDue = true;
    for (const folder of folders) this.changed.add(folder);
    this.gathering ??= window.setTimeout(() => void this.renew(), gatherTime);
  }

  private async renew(): Promise<void> {
    const folders = [...this.changed];
    const isNewRun = folders.some((folder) => !this.runs.has(folder));
    const isWholeListDue = this.isWholeListDue || isNewRun;
    this.changed.clear();
    this.isWholeListDue = false;
    if (isWholeListDue) await this.loadAll();
    else await this.renewRuns(folders);
    this.gathering = undefined;
    if (this.changed.size > 0 || this.isWholeListDue) this.onChanged([...this.changed]);
  }

  private async renewRuns(folders: readonly string[]): Promise<void> {
    try {
      for (const run of await this.host.ask('runs/list', { folders })) this.runs.set(run.folder, run);
      await this.readSeries(folders.filter((folder) => this.chosen.styles.has(folder)));
    } catch (error) {
      this.view.showProblem(messageOf(error));
    }
  }

  private async choose(folders: readonly string[], isChosen: boolean): Promise<void> {
    for (const folder of folders) {
      if (!isChosen) this.chosen.remove(folder);
      else if (!this.chosen.add(folder)) break;
    }
    this.keep({ chosen: this.chosen.folders });
    await this.readSeries(folders.filter((folder) => this.chosen.styles.has(folder) && !this.series.has(folder)));
  }

  /** Shows what is known at once, and again when the series were read. */
  private async readSeries(folders: readonly string[]): Promise<void> {
    this.reading++;
    this.show();
    const maxPoints = Math.round(Math.min(1000, Math.max(200, 20_000 / Math.max(1, this.chosen.folders.length))));
    try {
      await Promise.all(folders.map((folder) => this.readOne(folder, maxPoints)));
    } catch (error) {
      this.view.showProblem(messageOf(error));
    } finally {
      this.reading--;
      this.show();
    }
  }

  private async readOne(folder: string, maxPoints: number): Promise<void> {
    const series = await this.host.ask('series/read', { folder, tags: [], maxPoints });
    this.series.set(folder, series);
    this.noteLastValues(folder, series);
  }

  /** A run without a record has its results in its log alone. */
  private async lookUpLogs(): Promise<void> {
    const logs = [...this.runs.values()].filter(({ record, folder }) => !record && !this.lastValues.has(folder));
    for (const { folder } of logs.slice(0, mostLogsLookedUp))
      this.noteLastValues(folder, await this.host.ask('series/read', { folder, tags: [], maxPoints: 4 }));
    if (logs.length > 0) this.show();
  }

  private noteLastValues(folder: string, series: readonly Series[]): void {
    const lasts = series.map(({ tag, values }) => [tag, values.at(-1) ?? Number.NaN]);
    this.lastValues.set(folder, Object.fromEntries(lasts) as Record<string, number>);
  }

  private show(): void {
    const rows = makeRows([...this.runs.values()], this.lastValues, new Date(), this.sweeps);
    const drawn = [...this.chosen.styles].flatMap(([folder, style]) => {
      const run = this.runs.get(folder);
      return run ? [{ run, style, series: this.series.get(folder) ?? [] }] : [];
    });
    this.view.show({ rows, sweeps: this.sweeps, styles: this.chosen.styles, drawn, isReading: this.reading > 0 });
  }
}
