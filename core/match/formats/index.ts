import type { MatchReport } from '../report';
import { renderHtml } from './html';
import { renderJunit } from './junit';
import { renderMarkdown } from './markdown';
import { renderSarif } from './sarif';
import { renderText } from './text';

export type MatchFormat = 'text' | 'json' | 'sarif' | 'junit' | 'markdown' | 'html';

/** A report in one of the formats of `matchdown match`; an unknown format is text. Ends with a newline. */
export function renderMatch(report: MatchReport, format: MatchFormat | string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'sarif':
      return renderSarif(report);
    case 'junit':
      return renderJunit(report);
    case 'markdown':
      return renderMarkdown(report);
    case 'html':
      return renderHtml(report);
    default:
      return renderText(report);
  }
}
