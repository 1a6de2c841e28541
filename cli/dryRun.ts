import { filesText } from '../core/counts';
import { t } from '../core/l10n';
import { fileSizeText } from '../core/quantities';
import type { DryRun, UploadPreview } from '../engine/runs/options';
import { textTable } from './table';
import type { Terminal } from './terminal';

/** What a run would do, for a person. */
export function dryRunText({ steps, upload }: DryRun, terminal: Terminal): string {
  const parts = steps.map(({ title, text }) => `${terminal.paint('bold', title)}\n${indented(text)}`);
  return [...parts, ...(upload ? [uploadText(upload, terminal)] : [])].join('\n\n');
}

/** The largest files; who wants all of them asks for JSON. */
const shown = 12;

function uploadText({ files, bytes, ignored, warnings }: UploadPreview, terminal: Terminal): string {
  const title = t('Upload: {0}, {1} (only what is not there yet)', filesText(files.length), fileSizeText(bytes));
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, shown);
  const columns = [{ title: t('File') }, { title: t('Size'), align: 'right' as const }];
  const rows = largest.map((file) => [file.path, fileSizeText(file.bytes)]);
  const lines = [
    ...(rows.length > 0 ? [indented(textTable(columns, rows))] : []),
    ...(files.length > shown ? [`  ${t('... and smaller ones: {0}', files.length - shown)}`] : []),
    ...(ignored.length > 0 ? [`  ${t('Stays here: {0}', ignored.slice(0, 20).join(', '))}`] : []),
    ...warnings.map((warning) => terminal.paint('yellow', `  ${warning}`)),
  ];
  return [terminal.paint('bold', title), ...lines].join('\n');
}

const indented = (text: string): string => text.trimEnd().replace(/^/gm, '  ');
