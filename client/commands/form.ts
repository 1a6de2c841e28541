import * as vscode from 'vscode';

/** A line of a form: what it is, what it says now, and what happens when it is chosen. */
export interface FormLine<State> {
  readonly label: string;
  readonly description?: string;
  /** Asks for another value; undefined leaves the state as it is. `done` ends the form. */
  readonly choose: (state: State) => Promise<State | undefined> | 'done';
}

/**
 * A form as a list: choosing a line asks for its value and comes back to the list; the first line starts what the form is for.
 * Resolves with what it says then; undefined when it was left.
 */
export async function fillIn<State>(
  title: string,
  state: State,
  lines: (state: State) => readonly (FormLine<State> | undefined)[],
): Promise<State | undefined> {
  let now = state;
  for (;;) {
    const items = lines(now).map((line): vscode.QuickPickItem & { line?: FormLine<State> } =>
      line
        ? { label: line.label, ...(line.description !== undefined && { description: line.description }), line }
        : { label: '', kind: vscode.QuickPickItemKind.Separator },
    );
    const picked = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
    if (!picked?.line) return undefined;
    const chosen = picked.line.choose(now);
    if (chosen === 'done') return now;
    now = (await chosen) ?? now;
  }
}

/** One line of text, checked while it is typed. */
export async function askText(
  title: string,
  value: string,
  check: (text: string) => string | undefined,
  prompt?: string,
): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    ignoreFocusOut: true,
    validateInput: check,
    ...(prompt && { prompt }),
  });
}

/** One of several, the present one first in sight. */
export async function askChoice<Value extends string>(
  title: string,
  choices: readonly { readonly value: Value; readonly label: string; readonly detail?: string }[],
  present: Value,
): Promise<Value | undefined> {
  const items = choices.map(({ value, label, detail }) => ({
    label,
    ...(detail && { detail }),
    ...(value === present && { description: '$(check)' }),
    value,
  }));
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.value;
}
