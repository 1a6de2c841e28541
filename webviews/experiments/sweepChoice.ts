import { trialsText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { SweepRecord } from '../../core/sweep/record';
import { choice } from '../shared/controls';
import { element } from '../shared/dom';
import type { Sorting } from './columns';
import type { RunRow } from './rows';

const newestFirst: Sorting = { column: 'started', descending: true };

/** Which sweep's trials are listed; there only where some of the runs are trials. */
export class SweepChoice {
  readonly element = element('span', { class: 'sweep-choice', hidden: true });
  private offered = '';

  /** @param onChoose is told the sweep, empty for all runs, and how its trials are best sorted: by what it is about */
  constructor(
    private chosen: string,
    private readonly onChoose: (id: string, sorting: Sorting) => void,
  ) {}

  /** Of the sweep whose trials are listed; empty: all runs. */
  get id(): string {
    return this.chosen;
  }

  /** Made anew only when there are others to choose from: a control keeps its focus while runs go on. */
  show(sweeps: readonly SweepRecord[], rows: readonly RunRow[]): void {
    const present = new Set(rows.map(({ sweep }) => sweep));
    const own = sweeps.filter(({ id }) => present.has(id));
    const offered = own.map(({ id }) => id).join();
    this.element.hidden = own.length === 0;
    if (offered === this.offered) return;
    this.offered = offered;
    if (!own.some(({ id }) => id === this.chosen)) this.chosen = '';
    const options = own.map((sweep) => [sweep.id, sweepTitle(sweep)] as const);
    const all = ['', t('all runs')] as const;
    this.element.replaceChildren(choice(t('Sweep'), [all, ...options], this.chosen, (id) => this.choose(id, own)));
  }

  private choose(id: string, sweeps: readonly SweepRecord[]): void {
    this.chosen = id;
    const sweep = sweeps.find((each) => each.id === id);
    this.onChoose(id, sweep ? byObjective(sweep) : newestFirst);
  }
}

/** The column of the objective's best value; the best trial is on top. */
export function byObjective({ definition: { objective } }: SweepRecord): Sorting {
  const column = objective.tag.endsWith('/validation') ? `best ${objective.tag}` : `last ${objective.tag}`;
  return { column, descending: objective.direction === 'maximize' };
}

function sweepTitle({ id, definition, trials }: SweepRecord): string {
  return `${id.slice(-4)}: ${definition.strategy}, ${trialsText(trials.length)}`;
}
