import type { NodeDetails, SourceLine, TensorStatistics } from '../../core/protocol/onnx';

/** Where the details of a model's nodes come from, and where they lead to. */
export interface ModelSource {
  node(place: number): Promise<NodeDetails>;
  tensor(place: number, tensor: string): Promise<TensorStatistics>;
  /** What a node is called elsewhere on the page; undefined where it cannot be gone to. */
  titleOf(place: number): string | undefined;
  goTo(place: number): void;
  openGraph?(id: string): void;
  openSource(line: SourceLine): void;
}
