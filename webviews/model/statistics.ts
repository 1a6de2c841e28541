import { t } from '../../core/l10n';
import type { TensorFigures, TensorStatistics } from '../../core/protocol/onnx';
import { countText } from '../../core/quantities';
import { element, svgElement } from '../shared/dom';
import { formatValue } from '../shared/format';

/** Figures and histogram of a weight, or texts; or why there are none. */
export function renderStatistics({ figures, reason, values, shape }: TensorStatistics): HTMLElement {
  if (!figures && values) return element('p', { class: 'values' }, textsShown(values, shape));
  if (!figures) return element('p', { class: 'hint' }, reason ?? '');
  const isListed = values !== undefined && figures.count <= FEW;
  return element(
    'div',
    { class: 'statistics' },
    isListed && element('p', { class: 'values' }, values.map((value) => formatValue(Number(value))).join(', ')),
    !isListed && renderHistogram(figures),
    !isListed && renderFigures(figures),
  );
}

function textsShown(texts: readonly (number | string)[], shape: readonly number[]): string {
  const isCut = texts.length < shape.reduce((product, size) => product * size, 1);
  return [...texts.map((text) => `"${text}"`), ...(isCut ? ['…'] : [])].join(', ');
}

/** Of so few values the values themselves say more. */
const FEW = 16;

function renderFigures(figures: TensorFigures): HTMLElement {
  const { count, zeros, notNumbers, infinite, minimum, maximum, mean, deviation } = figures;
  const share = (part: number) => `${countText(part)} (${formatValue((100 * part) / count)} %)`;
  const entries: [string, string, boolean][] = [
    [t('Minimum'), known(minimum), false],
    [t('Maximum'), known(maximum), false],
    [t('Mean'), known(mean), false],
    [t('Standard deviation'), known(deviation), false],
    [t('Zeros'), zeros === 0 ? '0' : share(zeros), false],
    ['NaN', notNumbers === 0 ? '0' : share(notNumbers), notNumbers > 0],
  ];
  if (infinite > 0) entries.push([t('Infinite'), share(infinite), true]);
  return element(
    'dl',
    { class: 'figures-list' },
    ...entries.map(([name, value, isBad]) =>
      element('div', { class: isBad ? 'bad-figure' : '' }, element('dt', {}, name), element('dd', {}, value)),
    ),
  );
}

function known(value: number | null): string {
  return value === null ? '–' : formatValue(value);
}

const WIDTH = 240;
const HEIGHT = 48;

function renderHistogram({ histogram, minimum, maximum }: TensorFigures): HTMLElement {
  const most = Math.max(1, ...histogram);
  const width = WIDTH / Math.max(1, histogram.length);
  const bars = histogram.map((count, at) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
    return svgElement('rect', { x: at * width + 0.5, y: HEIGHT - height, width: Math.max(1, width - 1), height });
  });
  return element(
    'div',
    { class: 'histogram' },
    svgElement(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': t('Histogram') },
      ...bars,
    ),
    element(
      'div',
      { class: 'histogram-ends', 'aria-hidden': 'true' },
      element('span', {}, known(minimum)),
      element('span', {}, known(maximum)),
    ),
  );
}
