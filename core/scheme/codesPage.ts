import { codes } from './codes';
import type { Severity } from './diagnostics';

/** The documentation page of all codes, as Markdown; a code's section can be linked to by its name without `scheme/`. */
export function codesPage(): string {
  const sections = severities.flatMap(([severity, title, introduction]) => [
    `## ${title}`,
    introduction,
    ...Object.entries(codes)
      .filter(([, code]) => code.severity === severity)
      .map(
        ([name, { title: heading, explanation }]) =>
          `### ${name.replace('scheme/', '')}\n\n**${heading}.** ${explanation}`,
      ),
  ]);
  return `${['# Diagnostics of schemes', ...sections].join('\n\n')}\n`;
}

const severities: readonly (readonly [Severity, string, string])[] = [
  ['error', 'Errors', 'What cannot be built.'],
  ['warning', 'Warnings', 'What can be built and is probably not meant.'],
  ['hint', 'Hints', 'What is only untidy.'],
];
