import type { LayerVerdict, MatchReport, Reason } from '../report';
import { isProblem, sayProof } from './words';

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): a result per difference, at the scheme's line where there is one. */
export function renderSarif(report: MatchReport): string {
  const results = [
    ...report.layers.filter(isProblem).flatMap((layer) => layerResults(report, layer)),
    ...(report.proof.holds === false
      ? [result(report, 'match/proof', 'error', sayProof(report.proof), undefined)]
      : []),
    ...report.undecided.map((message) => result(report, 'match/undecided', 'error', message, undefined)),
    ...report.cannotBeTold.map((message) => result(report, 'match/cannot-be-told', 'note', message, undefined)),
  ];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort().map((id) => ({ id }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Match Down', rules } }, results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function layerResults(report: MatchReport, layer: LayerVerdict): ReturnType<typeof result>[] {
  const counts = (reason: Reason): boolean =>
    reason.kind !== 'same' && reason.kind !== 'equivalent' && reason.kind !== 'cannot be told';
  return layer.reasons
    .filter(counts)
    .map((reason) => result(report, `match/${reason.kind}`, 'error', `${layer.name}: ${reason.message}`, layer));
}

function result(
  report: MatchReport,
  ruleId: string,
  level: 'error' | 'note',
  text: string,
  layer: LayerVerdict | undefined,
) {
  const line = layer?.intended?.line;
  const file =
    report.intended.kind === 'scheme' || report.exported.kind !== 'scheme'
      ? report.intended.file
      : report.exported.file;
  const region = line === undefined ? {} : { region: { startLine: line } };
  const physicalLocation = { artifactLocation: { uri: fileUri(file) }, ...region };
  return { ruleId, level, message: { text }, locations: [{ physicalLocation }] };
}

function fileUri(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]%3A\//.test(path)) return `file:///${path.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${path}` : path;
}
