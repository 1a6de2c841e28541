import { parametersText } from '../../counts';
import { t } from '../../l10n';
import type { LayerSide, LayerVerdict, MatchReport } from '../report';
import { remarks, SYMBOLS, sayProof, saySide, sayStatus, sayVerdict } from './words';

/** One self-contained page: no script, nothing from the network. */
export function renderHtml(report: MatchReport): string {
  const title = sayVerdict(report.verdict);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1 class="${report.verdict}">${escaped(title)}</h1>
<dl>
<dt>${escaped(t('intended'))}</dt><dd>${escaped(saySide(report.intended))}</dd>
<dt>${escaped(t('exported'))}</dt><dd>${escaped(saySide(report.exported))}</dd>
<dt>${escaped(t('proof'))}</dt><dd>${escaped(sayProof(report.proof))}</dd>
</dl>
<table>
<thead><tr>${[t('verdict'), t('layer'), t('intended'), t('exported'), t('reasons')].map((head) => `<th scope="col">${escaped(head)}</th>`).join('')}</tr></thead>
<tbody>
${report.layers.map(row).join('\n')}
</tbody>
</table>
${remarks(report)
  .map(
    ({ title: head, lines }) =>
      `<h2>${escaped(head)}</h2>\n<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
  )
  .join('\n')}
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; } th[scope=row] { min-width: 10rem; }
td ul { margin: 0; padding-left: 1rem; }
small { opacity: .75; }
.different, .missing, .extra, .moved { background: #d1242f22; }
.cannot-be-told { background: #9a670022; }
.equivalent { background: #0969da14; }
`;

function row(layer: LayerVerdict): string {
  const status = `${SYMBOLS[layer.status]} ${sayStatus(layer.status)}`;
  const reasons = layer.reasons.map((reason) => `<li>${SYMBOLS[reason.kind]} ${escaped(reason.message)}</li>`).join('');
  return `<tr class="${layer.status.replaceAll(' ', '-')}"><td>${escaped(status)}</td><th scope="row">${escaped(layer.name)}</th><td>${side(layer.intended)}</td><td>${side(layer.exported)}</td><td>${reasons ? `<ul>${reasons}</ul>` : ''}</td></tr>`;
}

function side(of: LayerSide | undefined): string {
  if (!of) return '';
  const details = [
    of.outputShape ? of.outputShape.join(' × ') : '',
    of.parameters ? parametersText(of.parameters) : '',
    of.nodes.map((node) => node.opType).join(', '),
  ];
  return `${escaped(of.summary)}<br><small>${escaped(details.filter((text) => text !== '').join(' · '))}</small>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
