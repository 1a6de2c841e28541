import { t } from '../../l10n';
import type { MatchReport } from '../report';
import { remarks, SYMBOLS, sayProof, saySide, sayStatus, sayVerdict } from './words';

export function renderMarkdown(report: MatchReport): string {
  const rows = report.layers.map((layer) => [
    `${SYMBOLS[layer.status]} ${sayStatus(layer.status)}`,
    escaped(layer.name),
    escaped(layer.intended?.summary ?? ''),
    escaped(layer.exported?.summary ?? ''),
    layer.reasons.map((reason) => escaped(reason.message)).join('<br>'),
  ]);
  const header = [t('verdict'), t('layer'), t('intended'), t('exported'), t('reasons')];
  return [
    `## ${sayVerdict(report.verdict)}`,
    '',
    `- ${t('intended')}: ${escaped(saySide(report.intended))}`,
    `- ${t('exported')}: ${escaped(saySide(report.exported))}`,
    `- ${t('proof')}: ${escaped(sayProof(report.proof))}`,
    '',
    ...[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    ...remarks(report).flatMap(({ title, lines }) => [
      '',
      `### ${title}`,
      '',
      ...lines.map((line) => `- ${escaped(line)}`),
    ]),
    '',
  ].join('\n');
}

/** Names come from files and must not become markup. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
