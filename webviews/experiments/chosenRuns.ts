/** More cannot be told apart: seven colours by six markers. */
export const mostChosen = 42;

/** The runs whose curves are drawn. Each keeps its style, colour and marker, as long as it is chosen. */
export class ChosenRuns {
  private readonly byFolder = new Map<string, number>();

  constructor(folders: readonly string[]) {
    for (const folder of folders) this.add(folder);
  }

  get styles(): ReadonlyMap<string, number> {
    return this.byFolder;
  }

  get folders(): string[] {
    return [...this.byFolder.keys()];
  }

  /** False when there is no style left. */
  add(folder: string): boolean {
    if (this.byFolder.has(folder)) return true;
    if (this.byFolder.size >= mostChosen) return false;
    const taken = new Set(this.byFolder.values());
    let style = 0;
    while (taken.has(style)) style++;
    this.byFolder.set(folder, style);
    return true;
  }

  remove(folder: string): void {
    this.byFolder.delete(folder);
  }

  /** Forgets the runs that are no longer there. */
  retain(exists: (folder: string) => boolean): void {
    for (const folder of this.folders) if (!exists(folder)) this.remove(folder);
  }
}
