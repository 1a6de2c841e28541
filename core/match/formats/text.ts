import { t } from '../../l10n';
import type { LayerVerdict, MatchReport } from '../report';
import { remarks, SYMBOLS, sayProof, saySide, sayStatus, sayVerdict } from './words';

/** For a terminal: the verdict, a line per layer with its reasons below, the proof, what cannot be told. */
export function renderText(report: MatchReport): string {
  const width = Math.max(...report.layers.map(({ name }) => name.length), 0);
  return [
    sayVerdict(report.verdict),
    '',
    `${t('intended')}: ${saySide(report.intended)}`,
    `${t('exported')}: ${saySide(report.exported)}`,
    '',
    ...report.layers.flatMap((layer) => layerLines(layer, width)),
    '',
    `${t('proof')}: ${sayProof(report.proof)}`,
    ...remarks(report).flatMap(({ title, lines }) => ['', `${title}:`, ...lines.map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

function layerLines(layer: LayerVerdict, width: number): string[] {
  const what = layer.intended?.summary ?? layer.exported?.summary ?? '';
  const head = `${SYMBOLS[layer.status]} ${layer.name.padEnd(width)}  ${sayStatus(layer.status)}  ${what}`;
  const reasons = layer.reasons.filter((reason) => reason.kind !== 'cannot be told');
  return [head.trimEnd(), ...reasons.map((reason) => `    ${SYMBOLS[reason.kind]} ${reason.message}`)];
}
