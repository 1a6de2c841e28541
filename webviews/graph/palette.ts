import { themeColor } from '../shared/theme';
import type { Tone } from './graph';

/** The theme's colours for what is drawn on a canvas. */
export interface Palette {
  readonly background: string;
  readonly box: string;
  readonly border: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly selection: string;
  readonly tones: Readonly<Record<Tone, string>>;
  readonly font: string;
}

export function readPalette(): Palette {
  const contrast = themeColor('--vscode-contrastBorder', '');
  const text = themeColor('--vscode-foreground', '#888');
  return {
    background: themeColor('--vscode-editor-background', '#fff'),
    box: themeColor('--vscode-editorWidget-background', themeColor('--vscode-editorHoverWidget-background', '#8882')),
    border: contrast || themeColor('--vscode-charts-lines', '#8888'),
    text,
    muted: themeColor('--vscode-descriptionForeground', text),
    line: contrast || themeColor('--vscode-charts-lines', '#888'),
    selection: themeColor('--vscode-focusBorder', '#08c'),
    tones: {
      good: themeColor('--vscode-testing-iconPassed', themeColor('--vscode-charts-green', '#388a34')),
      bad: themeColor('--vscode-errorForeground', '#d03030'),
      unsure: themeColor('--vscode-editorWarning-foreground', '#b89500'),
      moved: themeColor('--vscode-charts-purple', '#b180d7'),
    },
    font: themeColor('--vscode-font-family', 'sans-serif'),
  };
}
