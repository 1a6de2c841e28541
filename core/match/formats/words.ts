import { inputsText, parametersText } from '../../counts';
import { t } from '../../l10n';
import type { LayerStatus, LayerVerdict, MatchReport, MatchSideInfo, NumericProof } from '../report';

/** A sign beside every colour. */
export const SYMBOLS: Readonly<Record<LayerStatus, string>> = {
  same: '=',
  equivalent: '≈',
  'cannot be told': '?',
  different: '≠',
  missing: '−',
  extra: '+',
  moved: '↕',
};

export function sayStatus(status: LayerStatus): string {
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

export function sayVerdict(verdict: MatchReport['verdict']): string {
  if (verdict === 'match') return t('match: the exported graph is the intended one');
  if (verdict === 'mismatch') return t('mismatch: the exported graph is not the intended one');
  return t('undecided: it cannot be told whether the exported graph is the intended one');
}

export function saySide(side: MatchSideInfo): string {
  const parts = [
    side.kind === 'scheme' ? t('scheme') : 'ONNX',
    side.producer,
    side.opset === undefined ? undefined : t('opset {0}', side.opset),
    side.parameters === undefined ? undefined : parametersText(side.parameters),
  ];
  return `${side.file} (${parts.filter((part) => part !== undefined).join(', ')})`;
}

export function sayProof(proof: NumericProof): string {
  if (!proof.done) return t('not done: {0}', proof.reason ?? '');
  const error = t(
    'largest error {0}, relative {1}',
    sayError(proof.maxAbsoluteError),
    sayError(proof.maxRelativeError),
  );
  const allowed = t(
    'allowed {0} + {1} of the largest output',
    sayError(proof.tolerance?.absolute),
    sayError(proof.tolerance?.relative),
  );
  const cases = inputsText(proof.inputs?.length ?? 0);
  const outcome = proof.holds ? t('both compute the same') : t('they do not compute the same: {0}', proof.reason ?? '');
  return `${outcome} (${cases}; ${error}; ${allowed})`;
}

export function sayError(value: number | undefined): string {
  return value === undefined ? '-' : value === 0 ? '0' : value.toExponential(1);
}

export function isProblem(layer: LayerVerdict): boolean {
  return layer.status !== 'same' && layer.status !== 'equivalent' && layer.status !== 'cannot be told';
}

/** The sentences under a report's table, with their headings. */
export function remarks(report: MatchReport): readonly { readonly title: string; readonly lines: readonly string[] }[] {
  return [
    { title: t('Not decided'), lines: report.undecided },
    { title: t('Cannot be told from this export'), lines: report.cannotBeTold },
    { title: t('Notes'), lines: report.notes },
  ].filter(({ lines }) => lines.length > 0);
}
