import * as vscode from 'vscode';
import type { ReadTargets } from '../../core/runs/readTargets';
import { builtInTargets, type Target, type TargetCheck } from '../../core/runs/target';

/** What is known of a target: what it answered last, or that it is being asked. */
export interface TargetState {
  readonly check?: TargetCheck;
  readonly isAsked: boolean;
}

/** The setting `matchdown.targets` beside the targets that there always are, and what they answered when they were checked. */
export class Targets implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string | undefined>();
  private readonly states = new Map<string, TargetState>();
  private readonly asking = new Map<string, Promise<TargetCheck>>();
  private readonly subscription: vscode.Disposable;

  /** The name of the target whose state changed; undefined: the list did. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(setting)) return;
      this.states.clear();
      this.changed.fire(undefined);
    });
  }

  /** In an untrusted folder the editor leaves that folder's own setting out. */
  async read(): Promise<ReadTargets> {
    const value = vscode.workspace.getConfiguration().get<unknown>(setting);
    if (Array.isArray(value) && value.length === 0) return { targets: builtInTargets, problems: [] };
    const { readTargets } = await import('../later/targets');
    return readTargets(value);
  }

  stateOf(name: string): TargetState {
    return this.states.get(name) ?? { isAsked: false };
  }

  /** Asks a target what it has. Calls that come meanwhile share the answer. */
  check(target: Target): Promise<TargetCheck> {
    const asked = this.asking.get(target.name) ?? this.ask(target).finally(() => this.asking.delete(target.name));
    this.asking.set(target.name, asked);
    return asked;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async ask(target: Target): Promise<TargetCheck> {
    this.put(target.name, { ...this.stateOf(target.name), isAsked: true });
    try {
      const { checkTarget } = await import('../later/targets');
      const check = await checkTarget(target);
      this.put(target.name, { check, isAsked: false });
      return check;
    } catch (error) {
      this.put(target.name, { isAsked: false });
      throw error;
    }
  }

  private put(name: string, state: TargetState): void {
    this.states.set(name, state);
    this.changed.fire(name);
  }
}

const setting = 'matchdown.targets';
