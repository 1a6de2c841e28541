import { t } from '../../core/l10n';
import type { DetailInput, DetailOutput, NodeDetails, OutlineValue, SourceLine } from '../../core/protocol/onnx';
import { fileSizeText } from '../../core/quantities';
import { button } from '../shared/controls';
import { type Child, element } from '../shared/dom';
import { formatShape } from '../shared/format';
import { icon } from '../shared/icons';
import { messageOf } from '../shared/page';
import type { ModelSource } from './source';
import { renderStatistics } from './statistics';

/** Larger weights are read when that is asked for: it takes seconds. */
const LARGE = 256 * 2 ** 20;

/** Everything that is known of a node: attributes, inputs with the statistics of weights, outputs, where it comes from. */
export function renderDetails(details: NodeDetails, place: number, source: ModelSource): HTMLElement {
  const { operator, name, attributes, inputs, outputs, metadata, docString } = details;
  const weights = [
    ...inputs.flatMap((input) => (input.tensor === undefined ? [] : [{ ...input, tensor: input.tensor }])),
    ...attributes.flatMap(({ name: own, tensor }) =>
      tensor === undefined ? [] : [{ name: own, role: own, type: '', tensor }],
    ),
  ];
  return element(
    'div',
    { class: 'details' },
    element('h2', { class: 'operator' }, operator),
    name !== '' && element('p', { class: 'node-name' }, name),
    docString && element('p', { class: 'hint' }, docString),
    renderSource(details.source, source),
    section(t('Attributes'), attributes.length > 0 && renderAttributes(details, source)),
    ...weights.map((weight) => renderWeight(weight, place, source)),
    section(t('Inputs'), inputs.length > 0 && element('ul', {}, ...inputs.map((input) => renderInput(input, source)))),
    section(t('Outputs'), element('ul', {}, ...outputs.map((output) => renderOutput(output, source)))),
    metadata.length > 0 && renderMetadata(metadata),
  );
}

/** A table of texts, folded: what exporters write for themselves. */
export function renderMetadata(metadata: readonly (readonly [string, string])[]): HTMLElement {
  const rows = metadata.map(([key, value]) => element('tr', {}, element('th', {}, key), element('td', {}, value)));
  return element(
    'details',
    { class: 'metadata' },
    element('summary', {}, t('Metadata ({0})', metadata.length)),
    element('table', {}, ...rows),
  );
}

/** `float32 [2, 16, 64]` in the words of the page: `float32 2 × 16 × 64`. */
export function typeText({ type, shape }: Pick<OutlineValue, 'type' | 'shape'>): string {
  const size = shape === undefined ? '' : shape.length === 0 ? t('scalar') : formatShape(shape.map(dimensionText));
  return [type, size].filter((text) => text !== '').join(' ');
}

export function dimensionText(dimension: number | string): string {
  return dimension === '' ? '?' : String(dimension);
}

function section(title: string, content: Child): Child {
  return content && element('section', {}, element('h3', {}, title), content);
}

function renderSource(lines: readonly SourceLine[], source: ModelSource): Child {
  if (lines.length === 0) return undefined;
  const link = (line: SourceLine) =>
    element(
      'li',
      {},
      element(
        'button',
        { class: 'link', title: line.file, click: () => source.openSource(line) },
        `${baseName(line.file)}:${line.line}`,
      ),
      ` ${line.function} `,
      line.text !== '' && element('code', {}, line.text),
    );
  const [first, ...callers] = lines;
  return element(
    'section',
    { class: 'python' },
    element('h3', {}, t('Python')),
    element('ul', {}, link(first!)),
    callers.length > 0 &&
      element(
        'details',
        {},
        element('summary', {}, t('Called from ({0})', callers.length)),
        element('ul', {}, ...callers.map(link)),
      ),
  );
}

function renderAttributes({ attributes }: NodeDetails, source: ModelSource): HTMLElement {
  const rows = attributes.map(({ name, value, graph }) =>
    element(
      'tr',
      {},
      element('th', {}, name),
      element(
        'td',
        {},
        graph !== undefined && source.openGraph
          ? element('button', { class: 'link', click: () => source.openGraph?.(graph) }, value || t('graph'))
          : value,
      ),
    ),
  );
  return element('table', { class: 'attributes' }, ...rows);
}

function renderInput(input: DetailInput, source: ModelSource): HTMLElement {
  const { role, name, from, tensor } = input;
  return element(
    'li',
    {},
    role !== '' && element('span', { class: 'role' }, role),
    element('span', { class: 'value-name' }, name),
    element('span', { class: 'value-type' }, typeText(input)),
    tensor === undefined && from !== undefined && nodeLink(from, source),
  );
}

function renderOutput(output: DetailOutput, source: ModelSource): HTMLElement {
  const { name, to, isGraphOutput } = output;
  return element(
    'li',
    {},
    element('span', { class: 'value-name' }, name),
    element('span', { class: 'value-type' }, typeText(output)),
    isGraphOutput && element('span', { class: 'hint' }, t('output of the graph')),
    ...to.slice(0, MOST_LINKS).map((user) => nodeLink(user, source)),
    to.length > MOST_LINKS && element('span', { class: 'hint' }, t('and {0} more', to.length - MOST_LINKS)),
  );
}

const MOST_LINKS = 12;

function nodeLink(place: number, source: ModelSource): Child {
  const title = source.titleOf(place);
  return title === undefined ? undefined : element('button', { class: 'link', click: () => source.goTo(place) }, title);
}

interface Weight extends Pick<DetailInput, 'name' | 'role' | 'type' | 'shape'> {
  readonly tensor: string;
}

/** The head at once, figures when they have been read. */
function renderWeight(weight: Weight, place: number, source: ModelSource): HTMLElement {
  const figures = element('div', { class: 'weight-figures' });
  const type = element('span', { class: 'value-type' }, typeText(weight));
  const read = async () => {
    figures.replaceChildren(element('p', { class: 'hint' }, t('Reading …')));
    try {
      const statistics = await source.tensor(place, weight.tensor);
      const size = statistics.bytes === undefined ? '' : ` · ${fileSizeText(statistics.bytes)}`;
      type.textContent = typeText(statistics) + size;
      figures.replaceChildren(renderStatistics(statistics));
    } catch (error) {
      figures.replaceChildren(element('p', { class: 'hint' }, icon('warning'), ' ', messageOf(error)));
    }
  };
  if (sizeOf(weight) <= LARGE) void read();
  else figures.replaceChildren(button(t('Read All Values'), () => void read()).element);
  return element(
    'section',
    { class: 'weight' },
    element('h3', {}, weight.role || t('Weight'), ' ', element('span', { class: 'value-name' }, weight.name)),
    element('p', {}, type),
    figures,
  );
}

/** About, in bytes. */
function sizeOf({ shape = [] }: Weight): number {
  return 4 * shape.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1);
}

function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
