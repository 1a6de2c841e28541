import { t } from '../../core/l10n';
import type { MatchReport } from '../../core/match/report';
import type { MatchEvents, MatchRequests } from '../../core/protocol/match';
import { button, checkbox, progressRing, textField } from '../shared/controls';
import { element } from '../shared/dom';
import { formatCount } from '../shared/format';
import { Host } from '../shared/host';
import { icon } from '../shared/icons';
import { messageOf } from '../shared/page';
import { Comparison, type ComparisonState } from './comparison';
import { isDifference } from './lines';
import { renderSideHead, renderVerdict } from './verdict';

interface PanelState {
  readonly comparison: ComparisonState;
  readonly watches: boolean;
}

const initialState: PanelState = {
  comparison: { expanded: [], unfolded: [], foldsAlike: true, search: '', active: 0, scrollTop: 0 },
  watches: false,
};

/** The Match panel: verdict, proof and notes above, both sides below; or what there is instead of a report. */
export class MatchPanel {
  private readonly host = new Host<MatchRequests, MatchEvents>();
  private state = this.host.state(initialState);
  private readonly comparison: Comparison;
  private readonly progress = element('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-label': t('Matching'),
    hidden: true,
  });
  private readonly problem = element('div', { class: 'banner', role: 'alert', hidden: true });
  private readonly verdict = element('div');
  private readonly heads = element('div', { class: 'side-heads' });
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly search = textField(t('Search layers'), this.state.comparison.search, (search) => {
    this.comparison.search(search);
    this.showCount();
  });
  private readonly previous = button(t('Previous Difference (Shift+F7)'), () => this.goTo(-1), {
    icon: 'arrowUp',
    look: 'icon',
  });
  private readonly next = button(t('Next Difference (F7)'), () => this.goTo(1), { icon: 'arrowDown', look: 'icon' });
  private readonly watch = button(
    t('Match again whenever a file is written'),
    () => void this.watchFiles(!this.state.watches),
    {
      icon: 'eye',
      look: 'icon',
    },
  );
  private readonly main: HTMLElement;
  private readonly instead = element('div', { class: 'instead' });
  private report: MatchReport | undefined;

  constructor(app: HTMLElement) {
    this.comparison = new Comparison(this.state.comparison, {
      onState: (comparison) => this.keep({ comparison }),
      onReveal: (path) => void this.act(this.host.ask('scheme/reveal', { path })),
    });
    this.main = element(
      'main',
      { class: 'match', hidden: true },
      this.progress,
      this.problem,
      this.verdict,
      this.toolbar(),
      this.heads,
      this.comparison.element,
    );
    app.replaceChildren(this.main, this.instead);
    document.addEventListener('keydown', (event) => this.onKey(event));
    this.listen();
    void this.read(false);
    if (this.state.watches) void this.watchFiles(true);
  }

  private listen(): void {
    this.host.on('report/started', () => {
      this.progress.hidden = false;
    });
    this.host.on('report/changed', (report) => this.show(report));
    this.host.on('report/failed', ({ message }) => this.fail(message));
  }

  private keep(state: Partial<PanelState>): void {
    this.state = { ...this.state, ...state };
    this.host.keep(this.state);
  }

  private async read(again: boolean): Promise<void> {
    this.progress.hidden = false;
    if (!this.report) this.showInstead(progressRing(t('Matching …')), element('p', {}, t('Matching …')));
    try {
      this.show(await this.host.ask('report/read', { again }));
    } catch (error) {
      this.fail(messageOf(error));
    }
  }

  private async act(action: Promise<unknown>): Promise<void> {
    try {
      await action;
      this.showProblem(undefined);
    } catch (error) {
      this.showProblem(messageOf(error));
    }
  }

  private async watchFiles(on: boolean): Promise<void> {
    this.watch.press(on);
    this.keep({ watches: on });
    await this.act(this.host.ask('report/watch', { on }));
  }

  private show(report: MatchReport): void {
    this.report = report;
    this.progress.hidden = true;
    this.showProblem(undefined);
    this.main.hidden = false;
    this.instead.hidden = true;
    this.verdict.replaceChildren(renderVerdict(report));
    this.heads.replaceChildren(
      ...(['intended', 'exported'] as const).map((side) =>
        renderSideHead(side, report[side], () => void this.act(this.host.ask('file/open', { side }))),
      ),
    );
    this.comparison.show(report.layers);
    this.showCount();
  }

  /** An earlier report stays, with the message above it. */
  private fail(message: string): void {
    this.progress.hidden = true;
    if (this.report) {
      this.showProblem(message);
      return;
    }
    this.showInstead(
      icon('warning', 'big'),
      element('h2', {}, t('The files could not be matched')),
      element('p', {}, message),
      button(t('Try Again'), () => void this.read(true), { look: 'primary', icon: 'refresh' }).element,
    );
  }

  private showProblem(message: string | undefined): void {
    this.problem.hidden = message === undefined;
    this.problem.replaceChildren(icon('warning'), message ?? '');
  }

  private showInstead(...content: (Node | string)[]): void {
    this.main.hidden = true;
    this.instead.hidden = false;
    this.instead.replaceChildren(...content);
  }

  private showCount(): void {
    const layers = this.report?.layers ?? [];
    const differing = layers.filter(isDifference).length;
    const shown = this.comparison.shownCount;
    const differences = differing === 1 ? t('1 difference') : t('{0} differences', formatCount(differing));
    const searched = t('{0} of {1} layers', formatCount(shown), formatCount(layers.length));
    this.count.textContent = shown < layers.length ? searched : differences;
    this.previous.enable(differing > 0);
    this.next.enable(differing > 0);
  }

  private goTo(direction: 1 | -1): void {
    this.comparison.goToDifference(direction);
    this.comparison.element.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const isFind = event.key === 'f' && (event.ctrlKey || event.metaKey);
    const isStep = event.key === 'F7' && event.target !== this.comparison.element;
    if (isFind) this.search.focus();
    else if (isStep) this.goTo(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  private toolbar(): HTMLElement {
    this.watch.press(this.state.watches);
    return element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': t('Comparison') },
      this.search.element,
      this.previous.element,
      this.next.element,
      this.count,
      element('span', { class: 'spacer' }),
      checkbox(t('Fold what is alike'), this.state.comparison.foldsAlike, (folds) => this.comparison.foldAlike(folds)),
      this.watch.element,
      button(t('Match Again'), () => void this.read(true), { icon: 'refresh', look: 'icon' }).element,
    );
  }
}
