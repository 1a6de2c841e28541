import { t } from '../../core/l10n';
import { element } from '../shared/dom';

/**
 * A bar between two parts, moved with the pointer or the arrow keys.
 *
 * @param share of the first part, 0.1 to 0.9
 * @param onMove is told the new share while it is moved
 */
export function splitter(share: number, whole: HTMLElement, onMove: (share: number) => void): HTMLElement {
  let current = share;
  const bar = element('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'horizontal',
    'aria-label': t('Height of the table'),
    'aria-valuemin': 10,
    'aria-valuemax': 90,
    'aria-valuenow': Math.round(share * 100),
  });
  const move = (to: number) => {
    current = Math.min(0.9, Math.max(0.1, to));
    bar.setAttribute('aria-valuenow', String(Math.round(current * 100)));
    onMove(current);
  };
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    move(current + (event.key === 'ArrowUp' ? -0.05 : 0.05));
  });
  bar.addEventListener('pointerdown', ({ pointerId }) => bar.setPointerCapture(pointerId));
  bar.addEventListener('pointermove', ({ pointerId, clientY }) => {
    if (!bar.hasPointerCapture(pointerId)) return;
    const { top, height } = whole.getBoundingClientRect();
    move((clientY - top) / height);
  });
  return bar;
}
