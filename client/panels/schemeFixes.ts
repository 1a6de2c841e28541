import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { FixTitle } from '../../core/protocol/match';
import type { MatchFix } from '../../core/protocol/server';
import type { LanguageServer } from '../languageServer';

/** The scheme's text around a fix; it can be taken back while the text is still the one behind it. */
interface Taken {
  readonly before: string;
  readonly after: string;
}

/** Takes exported values into a scheme's document, and takes them back. The document is left unsaved, as by any quick fix. */
export class SchemeFixes {
  private readonly taken: Taken[] = [];

  constructor(
    private readonly server: LanguageServer,
    private readonly scheme: string,
  ) {}

  async titles(): Promise<FixTitle[]> {
    const fixes = await this.fixes();
    return fixes.map(({ layer, message, title }) => ({ layer, message, title }));
  }

  async apply(layer: string, message: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.scheme);
    const fix = (await this.fixes()).find((other) => other.layer === layer && other.message === message);
    if (!fix) throw new Error(t('The scheme has changed since. Match again.'));
    const before = document.getText();
    await this.edit(
      document,
      fix.edits.map(({ range: { start, end }, newText }) => {
        const range = new vscode.Range(start.line, start.character, end.line, end.character);
        return new vscode.TextEdit(range, newText);
      }),
    );
    this.taken.push({ before, after: document.getText() });
  }

  async undo(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.scheme);
    const last = this.taken.pop();
    if (!last || document.getText() !== last.after) {
      throw new Error(t('The scheme has been edited since. Undo it there.'));
    }
    const whole = new vscode.Range(document.positionAt(0), document.positionAt(last.after.length));
    await this.edit(document, [new vscode.TextEdit(whole, last.before)]);
  }

  private async fixes(): Promise<readonly MatchFix[]> {
    return this.server.request('matchdown/match/fixes', { scheme: this.scheme });
  }

  private async edit(document: vscode.TextDocument, edits: vscode.TextEdit[]): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    if (!(await vscode.workspace.applyEdit(edit))) throw new Error(t('The scheme could not be edited.'));
  }
}
