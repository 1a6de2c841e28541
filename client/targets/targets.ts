import * as vscode from 'vscode';
import type { ReadTargets } from '../../core/runs/readTargets';
import { builtInTargets, type Target, type TargetCheck } from '../../core/runs/target';

/** What is known of a target: what it answered last, or that it is being asked. */
export interface TargetState {
  readonly check?: TargetCheck;
  readonly isAsked: boolean;
  /** It has been asked for long, so that what it answered last may not be so any more. */
  readonly isLate?: boolean;
}

/** Milliseconds in which targets answer that answer at all; a dead connection is given up much later. */
const usualTime = 10_000;

/** The setting `matchdown.targets` beside the targets that there always are, and what they answered when they were checked. */
export class Targets implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string | undefined>();
  private readonly states = new Map<string, TargetState>();
  private readonly asking = new Map<string, Promise<TargetCheck>>();
  /** Of everything that is being asked: nobody waits for targets that are no longer what they were. */
  private ending = new AbortController();
  private readonly subscription: vscode.Disposable;

  /** The name of the target whose state changed; undefined: the list did. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(setting)) return;
      this.ending.abort();
      this.ending = new AbortController();
      this.asking.clear();
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
    const known = this.asking.get(target.name);
    if (known) return known;
    const asked = this.ask(target, this.ending.signal).finally(() => {
      if (this.asking.get(target.name) === asked) this.asking.delete(target.name);
    });
    this.asking.set(target.name, asked);
    return asked;
  }

  dispose(): void {
    this.ending.abort();
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async ask(target: Target, signal: AbortSignal): Promise<TargetCheck> {
    const before = this.stateOf(target.name);
    const put = (state: TargetState) => {
      if (!signal.aborted) this.put(target.name, state);
    };
    put({ ...before, isAsked: true });
    const late = setTimeout(() => put({ ...before, isAsked: true, isLate: true }), usualTime);
    try {
      const { checkTarget } = await import('../later/targets');
      const check = await checkTarget(target, { signal });
      put({ check, isAsked: false });
      return check;
    } catch (error) {
      put({ isAsked: false });
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  private put(name: string, state: TargetState): void {
    this.states.set(name, state);
    this.changed.fire(name);
  }
}

const setting = 'matchdown.targets';
