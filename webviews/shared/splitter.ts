import { element } from './dom';

export interface SplitterOptions {
  /** What is made larger, for screen readers. */
  readonly label: string;
  /** Of the bar: `vertical` stands between left and right. */
  readonly orientation: 'horizontal' | 'vertical';
  /** Of the first part, 0.1 to 0.9. */
  readonly share: number;
  /** Is told the new share while the bar is moved. */
  onMove(share: number): void;
}

/** A bar between two parts of a whole, moved with the pointer or the arrow keys. */
export function splitter(whole: HTMLElement, options: SplitterOptions): HTMLElement {
  const { label, orientation, share, onMove } = options;
  const [back, forth] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  let current = share;
  const bar = element('div', {
    class: `splitter splitter-${orientation}`,
    role: 'separator',
    tabindex: 0,
    'aria-orientation': orientation,
    'aria-label': label,
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
    if (event.key !== back && event.key !== forth) return;
    event.preventDefault();
    move(current + (event.key === back ? -0.05 : 0.05));
  });
  bar.addEventListener('pointerdown', ({ pointerId }) => bar.setPointerCapture(pointerId));
  bar.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
    if (!bar.hasPointerCapture(pointerId)) return;
    const { left, top, width, height } = whole.getBoundingClientRect();
    move(orientation === 'vertical' ? (clientX - left) / width : (clientY - top) / height);
  });
  return bar;
}
