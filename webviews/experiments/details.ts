import { t } from '../../core/l10n';
import { type Button, button } from '../shared/controls';
import { element } from '../shared/dom';
import { formatDuration } from '../shared/format';
import { icon } from '../shared/icons';
import { isActiveRow, type RunRow } from './rows';
import { stateBadge } from './runTable';

export interface RunActions {
  stop(row: RunRow): void;
  log(row: RunRow): void;
  resume(row: RunRow): void;
  clone(row: RunRow): void;
  match(row: RunRow): void;
  note(row: RunRow): void;
  openFolder(row: RunRow): void;
}

/** The active run: what it was for, how it is doing, and what can be done with it. */
export class Details {
  readonly element = element('section', { class: 'details', 'aria-label': t('The active run'), hidden: true });
  private readonly about = element('div', { class: 'details-about' });
  private readonly stop;
  private readonly match;
  private readonly resume;
  private readonly records: readonly Button[];
  private row: RunRow | undefined;

  constructor(actions: RunActions) {
    const withRow = (action: (row: RunRow) => void) => () => this.row && action(this.row);
    this.stop = button(t('Stop'), withRow(actions.stop), {
      icon: 'square',
      title: t('Stop this run; a last checkpoint is kept'),
    });
    this.match = button(t('Match'), withRow(actions.match), {
      icon: 'compare',
      title: t('Is the exported model of this run the intended network?'),
    });
    const note = button(t('Write Note'), withRow(actions.note), { icon: 'note' });
    this.resume = button(t('Resume'), withRow(actions.resume), {
      icon: 'play',
      title: t('Go on with this run, from its last checkpoint'),
    });
    const clone = button(t('Clone …'), withRow(actions.clone), {
      icon: 'copy',
      title: t('Start a new run of its scheme, with changes'),
    });
    const log = button(t('Log'), withRow(actions.log), { icon: 'terminal', title: t('Show what the training wrote') });
    const folder = button(t('Open Folder'), withRow(actions.openFolder), { icon: 'folder' });
    this.records = [clone, log];
    const all = [this.stop, this.resume, this.match, note, clone, log, folder].map((control) => control.element);
    this.element.append(this.about, element('div', { class: 'details-actions' }, ...all));
  }

  show(row: RunRow | undefined): void {
    this.row = row;
    this.element.hidden = row === undefined;
    if (!row) return;
    this.stop.element.hidden = !isActiveRow(row);
    this.resume.element.hidden = !['stopped', 'failed', 'lost'].includes(row.state);
    for (const control of this.records) control.enable(row.state !== 'log');
    this.match.enable(row.state !== 'log' && !isActiveRow(row));
    this.about.replaceChildren(
      stateBadge(row),
      element('strong', { title: row.folder }, row.name),
      element('span', { class: 'details-purpose', title: row.purpose || undefined }, row.purpose),
      element('span', { class: 'details-progress' }, progressText(row)),
      ...problem(row),
    );
  }
}

function problem({ run: { record } }: RunRow): HTMLElement[] {
  const text = record?.error;
  return text ? [element('span', { class: 'details-error', title: text }, icon('warning'), text)] : [];
}

function progressText({ run: { record }, progress: share }: RunRow): string {
  const progress = record?.progress;
  if (!progress || share === undefined) return '';
  const parts = [
    t('epoch {0} of {1}', progress.epoch, progress.epochs),
    t('{0} samples/s', Math.round(progress.samplesPerSecond)),
    progress.secondsLeft === undefined ? '' : t('{0} left', formatDuration(progress.secondsLeft)),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
