import { nodesText, parametersText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { ModelReading, ModelSummary } from '../../core/protocol/onnx';
import { countText, fileSizeText } from '../../core/quantities';
import { renderMetadata } from '../model/details';
import { button } from '../shared/controls';
import { type Child, element } from '../shared/dom';
import { icon } from '../shared/icons';

export interface SummaryActions {
  openRun(): void;
  compare(): void;
}

/** What is to be said about the whole file, in a line, and what it says of itself, to unfold. */
export function renderSummary(
  summary: ModelSummary,
  runName: string | undefined,
  actions: SummaryActions,
): HTMLElement {
  const { producer, irVersion, opsets, graphs, parameters, unreachable, hasTrainingInfo, docString, metadata } =
    summary;
  const facts = [
    producer,
    opsets
      .map(([domain, version]) => (domain === 'ai.onnx' ? t('opset {0}', version) : `${domain} ${version}`))
      .join(', '),
    t('IR {0}', irVersion),
    nodesText(graphs[0]?.nodes ?? 0),
    parametersText(parameters),
    sizeText(summary),
  ];
  return element(
    'header',
    { class: 'summary' },
    element(
      'div',
      { class: 'facts' },
      ...facts.filter((fact) => fact !== '').map((fact) => element('span', {}, fact)),
      element('span', { class: 'spacer' }),
      button(t('Match with …'), actions.compare, { icon: 'compare' }).element,
    ),
    renderRun(summary.run, runName, actions),
    docString && element('p', { class: 'hint' }, docString),
    hasTrainingInfo && note(t('The file also holds a graph for training, which is not shown.')),
    unreachable.length > 0 && note(t("Weights are missing: {0} is not in the model's folder.", unreachable.join(', '))),
    metadata.length > 0 && renderMetadata(metadata),
  );
}

/** In the place of everything else: why the file is no model, and where. */
export function renderDamage(
  { reason, offset, bytes }: Extract<ModelReading, { ok: false }>,
  actions: { readAgain(): void; openAs(): void },
): Element[] {
  const where =
    offset === undefined || bytes === 0
      ? undefined
      : t('At byte {0} (0x{1}) of {2}', countText(offset), offset.toString(16).toUpperCase(), countText(bytes));
  return [
    icon('warning', 'big'),
    element('h2', {}, t('This file cannot be read as an ONNX model')),
    element('p', {}, reason),
    ...(where === undefined ? [] : [element('p', { class: 'hint' }, where)]),
    element(
      'div',
      { class: 'actions' },
      button(t('Read Again'), actions.readAgain, { look: 'primary', icon: 'refresh' }).element,
      button(t('Open With …'), actions.openAs).element,
    ),
  ];
}

function sizeText({ bytes, externalBytes }: ModelSummary): string {
  return externalBytes > 0
    ? t('{0}, and {1} of weights beside it', fileSizeText(bytes), fileSizeText(externalBytes))
    : fileSizeText(bytes);
}

/** The way back to where the model was trained. */
function renderRun(run: string | undefined, name: string | undefined, { openRun }: SummaryActions): Child {
  if (run === undefined) return undefined;
  return element(
    'p',
    { class: 'provenance' },
    icon('info'),
    name === undefined
      ? t('This model comes from run {0}, which is not in this workspace.', run)
      : element(
          'span',
          {},
          t('This model comes from run'),
          ' ',
          element('button', { class: 'link', title: run, click: openRun }, name),
        ),
  );
}

function note(text: string): HTMLElement {
  return element('p', { class: 'note' }, icon('warning'), text);
}
