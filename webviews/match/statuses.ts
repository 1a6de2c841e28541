import { t } from '../../core/l10n';
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

export function statusName(status: LayerStatus): string {
  switch (status) {
    case 'same':
      return t('same');
    case 'equivalent':
      return t('equivalent');
    case 'cannot be told':
      return t('cannot be told');
    case 'different':
      return t('different');
    case 'missing':
      return t('missing');
    case 'extra':
      return t('extra');
    case 'moved':
      return t('moved');
  }
}

/** Symbol and word in the verdict's colour. */
export function statusBadge(status: LayerStatus, text = statusName(status)): HTMLElement {
  return element('span', { class: `status ${statusClass(status)}` }, statusIcon(status), element('span', {}, text));
}

export function statusIcon(status: LayerStatus): SVGElement {
  return icon(icons[status], statusClass(status));
}

function statusClass(status: LayerStatus): string {
  return `status-${status.replaceAll(' ', '-')}`;
}
