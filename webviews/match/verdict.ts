import { nodesText, parametersText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { MatchReport, MatchSideInfo, NumericProof } from '../../core/match/report';
import { countText } from '../../core/quantities';
import { type Child, element } from '../shared/dom';
import { formatValue } from '../shared/format';
import { type IconName, icon } from '../shared/icons';
import { isDifference } from './lines';

/** The verdict in a sentence, the numeric proof, and what else is to be said about the whole. */
export function renderVerdict(report: MatchReport): HTMLElement {
  const { verdict, proof } = report;
  return element(
    'section',
    { class: `verdict-head verdict-${verdict}`, role: 'status' },
    icon(verdictIcons[verdict], 'verdict-icon'),
    element(
      'div',
      { class: 'verdict-text' },
      element('h2', {}, sentence(report)),
      proofPart(proof),
      list(t('It could not be decided because'), report.undecided, true),
      list(t('About the whole file'), report.notes, true),
      list(t('What cannot be told from this file'), report.cannotBeTold, false),
    ),
  );
}

/** What stands above one side: the file, and what is known about it. */
export function renderSideHead(side: 'intended' | 'exported', info: MatchSideInfo, onOpen: () => void): HTMLElement {
  const facts = [
    info.kind === 'scheme' ? t('scheme') : 'ONNX',
    info.producer ?? '',
    info.opset === undefined ? '' : t('opset {0}', info.opset),
    info.nodes === undefined ? '' : nodesText(info.nodes),
    info.parameters === undefined ? '' : parametersText(info.parameters),
  ];
  return element(
    'div',
    { class: `side-head ${side}` },
    element('span', { class: 'side-name' }, side === 'intended' ? t('Intended') : t('Exported')),
    element('button', { class: 'link', title: info.file, click: onOpen }, baseName(info.file)),
    element('span', { class: 'side-facts' }, facts.filter((fact) => fact !== '').join(' · ')),
  );
}

const verdictIcons: Readonly<Record<MatchReport['verdict'], IconName>> = {
  match: 'check',
  mismatch: 'notEqual',
  undecided: 'question',
};

function sentence({ verdict, layers, proof }: MatchReport): string {
  if (verdict === 'match') return t('The exported graph is the intended network.');
  if (verdict === 'undecided') return t('It cannot be decided whether this is the intended network.');
  const differing = layers.filter(isDifference).length;
  if (differing === 1) return t('1 layer is not the intended one.');
  if (differing > 1) return t('{0} layers are not the intended ones.', countText(differing));
  return proof.holds === false
    ? t('The structure is the intended one, but the graphs compute different things.')
    : t('The exported graph is not the intended network.');
}

function proofPart(proof: NumericProof): HTMLElement {
  const { inputs = [] } = proof;
  if (inputs.length === 0) return element('p', { class: 'proof' }, proofSentence(proof));
  return element('details', { class: 'proof' }, element('summary', {}, proofSentence(proof)), proofTable(proof));
}

function proofSentence({
  done,
  holds,
  reason,
  inputs = [],
  maxAbsoluteError,
  maxRelativeError,
  tolerance,
}: NumericProof): string {
  if (!done) return reason ? t('No numeric proof: {0}', reason) : t('No numeric proof was made.');
  const error = `${formatValue(maxAbsoluteError ?? 0)} (${formatValue(maxRelativeError ?? 0)})`;
  const allowed = tolerance ? `${formatValue(tolerance.absolute)} (${formatValue(tolerance.relative)})` : '';
  const figures = t('largest absolute (relative) error {0}, allowed {1}', error, allowed);
  return holds
    ? t(
        'Numeric proof: with the same weights both graphs computed the same on {0} inputs; {1}.',
        inputs.length,
        figures,
      )
    : t('Numeric proof: the graphs computed different things; {0}. {1}', figures, reason ?? '').trim();
}

function proofTable({ inputs = [], tolerance }: NumericProof): HTMLElement {
  const heads = [t('Input'), t('Batch'), t('Absolute error'), t('Relative error'), ''];
  const rows = inputs.map(({ name, batch, maxAbsoluteError, maxRelativeError }) => {
    const holds = !tolerance || maxAbsoluteError <= tolerance.absolute || maxRelativeError <= tolerance.relative;
    return element(
      'tr',
      {},
      element('td', {}, name),
      ...[String(batch), formatValue(maxAbsoluteError), formatValue(maxRelativeError)].map((text) =>
        element('td', { class: 'numeric' }, text),
      ),
      element(
        'td',
        { class: holds ? 'good' : 'bad' },
        icon(holds ? 'check' : 'cross'),
        holds ? t('equal') : t('different'),
      ),
    );
  });
  return element('table', {}, element('tr', {}, ...heads.map((head) => element('th', {}, head))), ...rows);
}

function list(title: string, entries: readonly string[], isOpen: boolean): Child {
  if (entries.length === 0) return undefined;
  const items = entries.map((entry) => element('li', {}, entry));
  return element(
    'details',
    { open: isOpen },
    element('summary', {}, `${title} (${entries.length})`),
    element('ul', {}, ...items),
  );
}

function baseName(file: string): string {
  return file.split(/[\\/]/).slice(-2).join('/');
}
