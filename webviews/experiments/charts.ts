import { t } from '../../core/l10n';
import { checkbox, choice, slider } from '../shared/controls';
import { element, oncePerFrame } from '../shared/dom';
import { axisTitle, Chart, type ChartSettings } from './chart';
import { type Axis, type DrawnRun, groupCurves, stepsPerEpoch } from './curves';
import { runSwatch } from './runStyle';

/** The curves of the chosen runs: a legend, and one chart for each group of tags. */
export class Charts {
  private readonly legend = element('div', { class: 'legend', role: 'list', 'aria-label': t('Runs in the charts') });
  private readonly grid = element('div', { class: 'chart-grid' });
  private readonly toolbar = element('div', {
    class: 'toolbar chart-toolbar',
    role: 'toolbar',
    'aria-label': t('Curves'),
  });
  private readonly hint = element('p', { class: 'hint', role: 'status' });
  readonly element = element(
    'section',
    { class: 'charts', 'aria-label': t('Curves') },
    this.toolbar,
    this.legend,
    this.hint,
    this.grid,
  );
  private readonly charts = new Map<string, Chart>();
  private runs: readonly DrawnRun[] = [];
  private offersEpochs: boolean | undefined;

  constructor(
    private settings: ChartSettings,
    private readonly onSettings: (settings: ChartSettings) => void,
    private readonly onRemove: (folder: string) => void,
  ) {
    new ResizeObserver(oncePerFrame(() => this.fitHeights())).observe(this.element);
  }

  show(runs: readonly DrawnRun[], isReading: boolean): void {
    this.runs = runs;
    this.showToolbar();
    this.showLegend();
    this.showHint(isReading);
    this.showCharts();
  }

  /** In the colours that the theme has now. */
  redraw(): void {
    this.showLegend();
    for (const chart of this.charts.values()) chart.draw();
  }

  private change(settings: Partial<ChartSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.onSettings(this.settings);
    this.showCharts();
  }

  /** Made anew only when the axes to choose from change: a control keeps its focus while a run goes on. */
  private showToolbar(): void {
    const offersEpochs = this.runs.some(({ run }) => stepsPerEpoch(run) !== undefined);
    if (offersEpochs === this.offersEpochs) return;
    this.offersEpochs = offersEpochs;
    const axes = (['step', 'epoch', 'time'] as const).filter((axis) => axis !== 'epoch' || offersEpochs);
    const { smoothing, isLogarithmic } = this.settings;
    this.toolbar.replaceChildren(
      slider(t('Smoothing'), smoothing, { maximum: 0.98, step: 0.02, show: (value) => value.toFixed(2) }, (value) =>
        this.change({ smoothing: value }),
      ),
      choice<Axis>(
        t('Along'),
        axes.map((axis) => [axis, axisTitle(axis)] as const),
        this.axis(),
        (axis) => this.change({ axis }),
      ),
      checkbox(t('Logarithmic'), isLogarithmic, (checked) => this.change({ isLogarithmic: checked })),
    );
  }

  private axis(): Axis {
    return this.settings.axis === 'epoch' && !this.offersEpochs ? 'step' : this.settings.axis;
  }

  private showLegend(): void {
    this.legend.replaceChildren(...this.runs.map(({ run, style }) => this.legendEntry(run.folder, run.name, style)));
  }

  private legendEntry(folder: string, name: string, style: number): HTMLElement {
    const remove = element(
      'button',
      {
        class: 'legend-entry',
        title: t('Take {0} out of the charts', name),
        click: () => this.onRemove(folder),
      },
      runSwatch(style),
      element('span', {}, name),
    );
    return element('span', { role: 'listitem' }, remove);
  }

  private showHint(isReading: boolean): void {
    const isEmpty = this.runs.every(({ series }) => series.length === 0);
    this.hint.hidden = !isEmpty;
    if (!isEmpty) return;
    if (isReading) this.hint.textContent = t('Reading logs …');
    else if (this.runs.length > 0) this.hint.textContent = t('The chosen runs have logged no values yet.');
    else
      this.hint.textContent = t(
        'Choose runs in the table to see their curves: with a click on their box, or the space bar.',
      );
  }

  private showCharts(): void {
    const groups = groupCurves(this.runs, this.axis());
    const names = new Set(groups.map(({ name }) => name));
    for (const [name, chart] of this.charts) {
      if (names.has(name)) continue;
      chart.dispose();
      this.charts.delete(name);
    }
    for (const [at, group] of groups.entries()) {
      const chart = this.charts.get(group.name) ?? new Chart();
      this.charts.set(group.name, chart);
      if (this.grid.children[at] !== chart.element)
        this.grid.insertBefore(chart.element, this.grid.children[at] ?? null);
      chart.show(group, { ...this.settings, axis: this.axis() });
    }
    this.fitHeights();
  }
  /** All rows of charts fill the height that there is, unless they would become too low to be read. */
  private fitHeights(): void {
    const first = this.grid.firstElementChild;
    if (!(first instanceof HTMLElement) || this.element.clientHeight === 0) return;
    const perRow = Math.max(1, Math.round(this.grid.clientWidth / first.offsetWidth));
    const rows = Math.ceil(this.charts.size / perRow);
    const free = this.element.clientHeight - this.grid.offsetTop + this.element.offsetTop - rows * aroundChart;
    const height = Math.round(Math.min(420, Math.max(200, free / rows)));
    for (const chart of this.charts.values()) chart.setHeight(height);
  }
}

/** Heading, borders and gap of a chart, in pixels. */
const aroundChart = 58;
