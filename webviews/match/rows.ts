import { layersText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { LayerSide, LayerVerdict, MatchNode, Reason } from '../../core/match/report';
import type { SideName } from '../../core/protocol/match';
import { countText } from '../../core/quantities';
import { type Child, element } from '../shared/dom';
import { formatShape } from '../shared/format';
import { icon } from '../shared/icons';
import { countStatuses, type Line } from './lines';
import { statusBadge, statusIcon } from './statuses';
import { compareWords, type Stretch } from './words';

/** The row of a line. @param fixOf what an edit of the scheme would do about a reason */
export function renderLine(
  line: Line,
  fixOf: (layer: LayerVerdict, reason: Reason) => string | undefined,
): HTMLElement {
  switch (line.kind) {
    case 'layer':
      return layerRow(line);
    case 'reason':
      return reasonRow(line, fixOf(line.layer, line.reason));
    case 'nodes':
      return nodesRow(line);
    case 'fold':
      return foldRow(line.hidden, icon('chevronRight'), t('{0} without a difference', layersText(line.hidden.length)));
    case 'repeat':
      return foldRow(line.hidden, icon('layers'), repeatTitle(line.hidden, line.times));
  }
}

function layerRow({ layer, isExpanded, isExpandable }: Extract<Line, { kind: 'layer' }>): HTMLElement {
  const [left, right] = compareWords(layer.intended?.summary ?? '', layer.exported?.summary ?? '', settledWords(layer));
  const twisty = isExpandable && icon(isExpanded ? 'chevronDown' : 'chevronRight');
  return element(
    'div',
    { class: `line layer layer-${layer.status.replaceAll(' ', '-')}` },
    side('intended', layer, element('span', { class: 'twisty' }, twisty), intendedTitle(layer), left),
    element('div', { role: 'gridcell', class: 'verdict' }, statusBadge(layer.status), openKeys(layer)),
    side('exported', layer, undefined, exportedTitle(layer), right),
  );
}

/** A batch normalization that may well be folded into the weights is not what makes the layer another one. */
function settledWords({ reasons }: LayerVerdict): string {
  const isSettled = reasons.some(({ kind, key }) => key === 'batch_normalization' && kind !== 'different');
  return isSettled ? ` + ${t('batch normalization')}` : '';
}

/** Which of the layer's keys cannot be told, where nothing else is to be said about it. */
function openKeys({ status, reasons }: LayerVerdict): Child {
  const keys = new Set(reasons.flatMap(({ kind, key }) => (kind === 'cannot be told' && key ? [key] : [])));
  const parts = [...keys].join(', ').split(/(?<=_)/);
  return (
    status === 'cannot be told' &&
    keys.size > 0 &&
    element('span', { class: 'open-keys' }, ...parts.flatMap((part) => [part, element('wbr')]))
  );
}

function side(
  name: SideName,
  layer: LayerVerdict,
  before: Child,
  title: Child[],
  summary: readonly Stretch[],
): HTMLElement {
  const own = layer[name];
  const isAlike = layer.status === 'same' || layer.status === 'equivalent' || layer.status === 'cannot be told';
  const isMarked = layer.status === 'different';
  return element(
    'div',
    { role: 'gridcell', class: `side ${name} ${own ? '' : 'absent'} ${isAlike ? '' : 'changed'}` },
    before,
    element(
      'div',
      { class: 'what' },
      ...(own ? [...title, summaryText(summary, isMarked)] : [!isAlike && absentText(name)]),
    ),
    own && figures(own),
    name === 'intended' && own?.path && goTo(),
  );
}

/** For those who do not see the hatching. */
function absentText(name: SideName): HTMLElement {
  return element('span', { class: 'hidden-text' }, name === 'exported' ? t('not exported') : t('not intended'));
}

function goTo(): HTMLElement {
  return element('span', { class: 'go-to', title: t('Go to the line of the scheme (Enter)') }, icon('goTo'));
}

function intendedTitle({ name, intended }: LayerVerdict): Child[] {
  const type = intended && intended.type !== name ? element('span', { class: 'type' }, intended.type) : undefined;
  return [element('span', { class: 'name' }, name), ' ', type, ' '];
}

/** The exported side has operators and no layers. */
function exportedTitle({ exported }: LayerVerdict): Child[] {
  const operators = exported?.nodes.map(({ opType }) => opType).join(', ');
  return [element('span', { class: 'type' }, operators || exported?.type || ''), ' '];
}

/** A size is never divided between two lines: `3 x 3`. */
function summaryText(summary: readonly Stretch[], marksChanges: boolean): HTMLElement {
  const pieces = summary.map(({ text, isChanged }) => {
    const joined = text.replaceAll(' x ', '\u00a0x\u00a0');
    return marksChanges && isChanged ? element('mark', {}, joined) : joined;
  });
  return element('span', { class: 'summary' }, ...pieces);
}

/** Output shape and parameters. */
function figures({ outputShape, parameters }: LayerSide): HTMLElement {
  return element(
    'div',
    { class: 'figures' },
    element('span', { title: t('Output shape') }, outputShape ? formatShape(outputShape) : ''),
    element('span', { class: 'parameters', title: t('Parameters') }, parameters ? countText(parameters) : ''),
  );
}

function reasonRow({ layer, reason }: Extract<Line, { kind: 'reason' }>, fix: string | undefined): HTMLElement {
  const rule = reason.rule && element('span', { class: 'rule', title: t('The rule that was used') }, reason.rule);
  return element(
    'div',
    { class: `line reason layer-${layer.status.replaceAll(' ', '-')}` },
    element(
      'div',
      { role: 'gridcell' },
      statusIcon(reason.kind),
      element('span', {}, reason.message),
      rule || undefined,
      fix !== undefined && element('button', { class: 'link fix', tabindex: -1, title: t('Enter') }, icon('take'), fix),
    ),
  );
}

function nodesRow({ intended, exported }: Extract<Line, { kind: 'nodes' }>): HTMLElement {
  return element(
    'div',
    { class: 'line nodes' },
    nodeCell('intended', intended),
    element('div', { role: 'gridcell', class: 'verdict' }),
    nodeCell('exported', exported),
  );
}

function nodeCell(name: SideName, node: MatchNode | undefined): HTMLElement {
  const attributes = Object.entries(node?.attributes ?? {}).map(([key, value]) =>
    element(
      'span',
      { class: 'attribute' },
      element('span', { class: 'attribute-name' }, key),
      ` ${attributeText(value)}`,
    ),
  );
  return element(
    'div',
    { role: 'gridcell', class: `side ${name}`, 'data-side': name === 'intended' ? t('Intended') : t('Exported') },
    node && element('span', { class: 'operator' }, node.opType),
    node && element('span', { class: 'node-name' }, node.name),
    ...attributes,
  );
}

function attributeText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(attributeText).join(', ')}]`;
  return typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value);
}

function repeatTitle(hidden: readonly LayerVerdict[], times: number): string {
  const names = `${hidden[0]!.name} … ${hidden.at(-1)!.name}`;
  const length = hidden.length / times;
  const again = length === 1 ? layersText(times) : `${countText(times)} × ${layersText(length)}`;
  return t('{0} more of the same: {1}', again, names);
}

function foldRow(hidden: readonly LayerVerdict[], picture: SVGElement, title: string): HTMLElement {
  const counts = countStatuses(hidden).map(([status, count]) => statusBadge(status, countText(count)));
  return element('div', { class: 'line fold' }, element('div', { role: 'gridcell' }, picture, title, ...counts));
}
