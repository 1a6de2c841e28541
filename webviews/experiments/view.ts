import { runsText } from '../../core/counts';
import { t } from '../../core/l10n';
import { countText } from '../../core/quantities';
import type { SweepRecord } from '../../core/sweep/record';
import { type Button, button, onFind, progressRing, textField } from '../shared/controls';
import { element } from '../shared/dom';
import { icon } from '../shared/icons';
import { splitter } from '../shared/splitter';
import type { ChartSettings } from './chart';
import { Charts } from './charts';
import type { Sorting } from './columns';
import type { DrawnRun } from './curves';
import { Details, type RunActions } from './details';
import type { PanelState } from './panel';
import type { RunRow } from './rows';
import { RunTable, type TableState } from './runTable';
import { SweepChoice } from './sweepChoice';
import { SweepPlot } from './sweepPlot';

export interface ViewListener extends RunActions {
  onTable(state: TableState): void;
  onCharts(settings: ChartSettings): void;
  onSplit(share: number): void;
  onChoose(folders: readonly string[], chosen: boolean): void;
  onRetry(): void;
  onRunScheme(): void;
  /** A note on all chosen runs. */
  onNotes(): void;
}

/** What there is to be shown. */
export interface Content {
  readonly rows: readonly RunRow[];
  readonly sweeps: readonly SweepRecord[];
  /** Of the runs that are drawn: which colour and marker. */
  readonly styles: ReadonlyMap<string, number>;
  readonly drawn: readonly DrawnRun[];
  readonly isReading: boolean;
}

/** The page: filter, table, the active run, curves; or one of the states in which there are no runs to show. */
export class View {
  private readonly table: RunTable;
  private readonly charts: Charts;
  private readonly details: Details;
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly notes: Button;
  private readonly problem = element('div', { class: 'banner', role: 'alert', hidden: true });
  private readonly main = element('main', { class: 'experiments', hidden: true });
  private counts = { all: 0, chosen: 0 };
  private readonly sweep: SweepChoice;
  private readonly plot: SweepPlot;
  /** Of what was shown last. */
  private content: Pick<Content, 'rows' | 'sweeps'> = { rows: [], sweeps: [] };
  private readonly instead = element('div', { class: 'instead' });

  constructor(
    app: HTMLElement,
    state: PanelState,
    private readonly listener: ViewListener,
  ) {
    this.details = new Details(listener);
    this.plot = new SweepPlot((folder) => this.activate(folder));
    this.charts = new Charts(state.charts, listener.onCharts, (folder) => listener.onChoose([folder], false));
    this.notes = button('', listener.onNotes, { icon: 'note' });
    this.sweep = new SweepChoice(state.table.sweep, (id, sorting) => this.showSweep(id, sorting));
    this.table = new RunTable(state.table, {
      onState: listener.onTable,
      onChoose: listener.onChoose,
      onActivate: (row) => this.showActive(row),
      onOpen: listener.openFolder,
    });
    this.main.append(
      this.toolbar(state.table.filter),
      this.problem,
      this.table.element,
      splitter(this.main, {
        label: t('Height of the table'),
        orientation: 'horizontal',
        share: state.split,
        onMove: (share) => this.split(share),
      }),
      this.details.element,
      this.charts.element,
    );
    this.charts.element.prepend(this.plot.element);
    this.split(state.split, false);
    app.replaceChildren(this.main, this.instead);
    this.showInstead(progressRing(t('Looking for runs …')));
  }

  show(content: Content): void {
    if (content.rows.length === 0) this.showEmpty();
    else this.showRuns(content);
  }

  /** Moves to the row of this run. */
  activate(folder: string): void {
    this.table.activateFolder(folder);
    this.showActive(this.table.activeRow);
  }

  private showActive(row: RunRow | undefined): void {
    this.details.show(row);
    this.plot.activate(row?.folder ?? '');
  }

  private showPlot(): void {
    const { rows, sweeps } = this.content;
    const sweep = sweeps.find(({ id }) => id === this.sweep.id);
    const trials = sweep ? rows.filter((row) => row.sweep === sweep.id) : [];
    this.plot.show(trials, sweep, this.table.activeRow?.folder ?? '');
  }

  /** Something that was asked for did not work; undefined takes the message away. */
  showProblem(message: string | undefined): void {
    this.problem.hidden = message === undefined;
    this.problem.replaceChildren(icon('warning'), message ?? '');
  }

  /** There is nothing to show because the runs could not be listed. */
  showFailure(message: string): void {
    if (this.main.hidden) this.showFailurePage(message);
    else this.showProblem(message);
  }

  private showFailurePage(message: string): void {
    this.showInstead(
      icon('warning', 'big'),
      element('h2', {}, t('The runs could not be listed')),
      element('p', {}, message),
      button(t('Try Again'), this.listener.onRetry, { look: 'primary', icon: 'refresh' }).element,
    );
  }

  redraw(): void {
    this.plot.redraw();
    this.charts.redraw();
  }

  private showSweep(id: string, sorting: Sorting): void {
    this.table.showSweep(id, sorting);
    this.details.show(this.table.activeRow);
    this.showPlot();
    this.showCount();
  }

  private showRuns({ rows, sweeps, styles, drawn, isReading }: Content): void {
    this.main.hidden = false;
    this.instead.hidden = true;
    this.content = { rows, sweeps };
    this.sweep.show(sweeps, rows);
    this.table.show(rows, styles);
    this.showPlot();
    this.details.show(this.table.activeRow);
    this.charts.show(drawn, isReading);
    this.notes.label(styles.size === 1 ? t('Write Note on 1 Run') : t('Write Note on {0} Runs', styles.size));
    this.notes.enable(styles.size > 0);
    this.counts = { all: rows.length, chosen: styles.size };
    this.showCount();
  }

  private showCount(): void {
    const { all, chosen } = this.counts;
    const left = this.table.visibleCount;
    const runs = runsText(all);
    const listed = left === all ? runs : t('{0} of {1}', countText(left), runs);
    this.count.textContent = `${listed} · ${t('{0} in the charts', countText(chosen))}`;
  }

  private showEmpty(): void {
    this.main.hidden = true;
    this.showInstead(
      icon('play', 'big'),
      element('h2', {}, t('No runs yet')),
      element('p', {}, t('Open a model_scheme.json and run it: its curves appear here while it trains.')),
      button(t('Run Scheme'), this.listener.onRunScheme, { look: 'primary', icon: 'play' }).element,
      element(
        'p',
        { class: 'hint' },
        t(
          'TensorBoard logs of other programs are shown too, when they lie in the folder of runs (setting "matchdown.runsFolder").',
        ),
      ),
    );
  }

  private showInstead(...content: (Node | string)[]): void {
    this.instead.hidden = false;
    this.instead.replaceChildren(...content);
  }

  private toolbar(filter: string): HTMLElement {
    const field = textField(
      t('Filter runs'),
      filter,
      (value) => {
        this.table.filter(value);
        this.details.show(this.table.activeRow);
        this.showCount();
      },
      () => this.table.element.focus(),
    );
    onFind(() => field.focus());
    return element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': t('Runs') },
      field.element,
      this.sweep.element,
      this.count,
      element('span', { class: 'spacer' }),
      this.notes.element,
    );
  }

  private split(share: number, isTold = true): void {
    this.main.style.setProperty('--table-share', String(share));
    if (isTold) this.listener.onSplit(share);
  }
}
