import { t } from '../../core/l10n';
import type { GraphOutline, OutlineNode } from '../../core/protocol/onnx';
import { countText } from '../../core/quantities';
import { typeText } from '../model/details';
import { type Child, element } from '../shared/dom';
import { icon } from '../shared/icons';
import { blockTitle, scopes } from './contract';
import { type Row, shapeText } from './rows';

/** The columns' names, in the columns of the rows: the first row of the grid. */
export function renderHeads(): HTMLElement {
  const heads = [t('Operator'), t('Name'), t('Output shape'), t('Parameters'), t('Attributes')];
  return element(
    'div',
    { class: 'row heads', role: 'row', 'aria-rowindex': 1 },
    ...heads.map((head) => element('div', { role: 'columnheader' }, head)),
  );
}

/** A row of the list; its cells are the columns of `renderHeads`. */
export function renderRow(row: Row, outline: GraphOutline): HTMLElement {
  switch (row.kind) {
    case 'node':
      return nodeRow(row.node, row.level);
    case 'block':
      return foldRow(row.isOpen, 1, blockTitle(row.block), outline, row.block.repetitions);
    case 'repetition':
      return foldRow(
        row.isOpen,
        2,
        t('{0} of {1}', row.number + 1, row.block.repetitions.length),
        outline,
        row.block.repetitions.slice(row.number, row.number + 1),
      );
    default:
      return line('value', 1, undefined, [
        element('span', { class: 'value-kind' }, row.kind === 'input' ? t('Input') : t('Output')),
        row.value.name,
        shapeText(row.value.shape),
        '',
        typeText({ type: row.value.type }),
      ]);
  }
}

function nodeRow(node: OutlineNode, level: number): HTMLElement {
  const { operator, name, module, shape, parameters, attributes, graphs = [], isConstant } = node;
  const opens = graphs.length > 0 && icon('model', 'opens-graph');
  return line(isConstant ? 'constant' : 'node', level, undefined, [
    element('span', { class: 'operator' }, operator, opens),
    element('span', {}, name, module !== undefined && element('span', { class: 'module' }, ` ${module}`)),
    shapeText(shape),
    parameters > 0 ? countText(parameters) : '',
    attributes,
  ]);
}

function foldRow(
  isOpen: boolean,
  level: number,
  title: string,
  outline: GraphOutline,
  repetitions: readonly (readonly number[])[],
): HTMLElement {
  const places = repetitions.flat();
  const parameters = places.reduce((sum, place) => sum + outline.nodes[place]!.parameters, 0);
  const operators = [...new Set(repetitions[0]!.map((place) => outline.nodes[place]!.operator))].join(', ');
  const last = outline.nodes[places.at(-1)!]!;
  return line('fold', level, icon(isOpen ? 'chevronDown' : 'chevronRight'), [
    element('span', {}, level === 1 && icon('layers'), title),
    scopes(outline, repetitions),
    shapeText(last.shape),
    parameters > 0 ? countText(parameters) : '',
    isOpen ? '' : operators,
  ]);
}

function line(kind: string, level: number, twisty: Child, cells: readonly Child[]): HTMLElement {
  const [first, ...others] = cells;
  return element(
    'div',
    { class: `row line ${kind} level-${level}` },
    element('div', { role: 'gridcell', class: 'first' }, element('span', { class: 'twisty' }, twisty), first),
    ...others.map((cell, at) => element('div', { role: 'gridcell', class: CLASSES[at], title: titleOf(cell) }, cell)),
  );
}

const CLASSES = ['name', 'shape', 'parameters', 'attributes'];

/** What a narrow column may cut. */
function titleOf(cell: Child): string | undefined {
  const text = cell instanceof Element ? cell.textContent : cell;
  return text ? String(text) : undefined;
}
