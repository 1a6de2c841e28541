import type { MatchEvents, MatchRequests, SideName } from '../../core/protocol/match';
import type { GraphOutline } from '../../core/protocol/onnx';
import type { Host } from '../shared/host';

export interface ReadSide {
  readonly version: string;
  readonly outline: GraphOutline;
  /** Places of nodes by their names; of those with one name, the first. */
  readonly places: ReadonlyMap<string, number>;
}

/** The graphs of both sides, read when they are first asked for and again after every match. */
export class Sides {
  private readonly reading = new Map<SideName, Promise<ReadSide>>();

  constructor(private readonly host: Host<MatchRequests, MatchEvents>) {}

  /** The files may have changed. */
  forget(): void {
    this.reading.clear();
  }

  /** Rejects with a sentence when the side cannot be read; asking again tries again. */
  read(side: SideName): Promise<ReadSide> {
    const known = this.reading.get(side);
    if (known) return known;
    const reading = this.readAnew(side);
    this.reading.set(side, reading);
    reading.catch(() => this.reading.delete(side));
    return reading;
  }

  private async readAnew(side: SideName): Promise<ReadSide> {
    const read = await this.host.ask('model/read', { side });
    if (!read.ok) throw new Error(read.reason);
    const { version } = read;
    const outline = await this.host.ask('graph/read', { side, version });
    const places = new Map<string, number>();
    for (const [place, { name }] of outline.nodes.entries()) if (!places.has(name)) places.set(name, place);
    return { version, outline, places };
  }
}
