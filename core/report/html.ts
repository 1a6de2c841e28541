import { marked } from 'marked';
import { renderChart } from './chart';
import type { ReportChart } from './charts';
import type { ReportData } from './data';
import { renderGenerated } from './markdown';

/**
 * A report as one HTML page that needs nothing but itself: charts inside, no script, nothing fetched (its own content
 * security policy forbids both).
 */
export function renderHtml(report: ReportData, charts: readonly ReportChart[]): string {
  const pictures = pictureData(charts);
  const body = marked.parse(
    renderGenerated(report, (file) => pictures.get(file) ?? file),
    { async: false },
  );
  return page(report.title, body);
}

/** A Jupyter notebook (nbformat 4.5) with one Markdown cell for each section, and an empty one for the person's words. */
export function renderNotebook(report: ReportData, charts: readonly ReportChart[]): string {
  const pictures = pictureData(charts);
  const text = renderGenerated(report, (file) => pictures.get(file) ?? file);
  const sections = text.split(/\n(?=## )/);
  const cells = [...sections, ''].map((source, index) => ({
    cell_type: 'markdown',
    id: `section-${index}`,
    metadata: {},
    source: source.split(/(?<=\n)/),
  }));
  return `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }, null, 1)}\n`;
}

/** The charts by file name, as `data:` links. Percent-encoded and not base64, so that it needs nothing of its host. */
function pictureData(charts: readonly ReportChart[]): Map<string, string> {
  return new Map(
    charts.map(({ file, chart }) => [file, `data:image/svg+xml,${encodeURIComponent(renderChart(chart))}`]),
  );
}

function page(title: string, body: string): string {
  const escaped = title.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; }
code, pre { font: .88em ui-monospace, monospace; }
pre { padding: .75rem; background: #8881; overflow-x: auto; }
img { max-width: 100%; height: auto; background: Canvas; }
</style>
</head>
<body>
${body}
</body>
</html>
`;
}
