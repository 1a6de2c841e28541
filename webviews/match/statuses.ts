import { sayStatus } from '../../core/match/formats/words';
import type { LayerStatus } from '../../core/match/report';
import { element } from '../shared/dom';
import { type IconName, icon } from '../shared/icons';

const icons: Readonly<Record<LayerStatus, IconName>> = {
  same: 'check',
  equivalent: 'almostEqual',
  'cannot be told': 'question',
  different: 'notEqual',
  missing: 'minus',
  extra: 'plus',
  moved: 'swap',
};

/** Symbol and word in the verdict's colour. */
export function statusBadge(status: LayerStatus, text = sayStatus(status)): HTMLElement {
  return element('span', { class: `status ${statusClass(status)}` }, statusIcon(status), element('span', {}, text));
}

export function statusPicture(status: LayerStatus): IconName {
  return icons[status];
}

export function statusIcon(status: LayerStatus): SVGElement {
  return icon(icons[status], statusClass(status));
}

function statusClass(status: LayerStatus): string {
  return `status-${status.replaceAll(' ', '-')}`;
}
