import path from 'node:path';
import { compileInference } from '../../core/compile/inference';
import type { NormalizationStatistics } from '../../core/compile/normalization';
import { encodeModel } from '../../core/onnx/write';
import { provenanceMetadata } from '../../core/runs/provenance';
import type { RunRecord } from '../../core/runs/record';
import type { Network } from '../../core/shape/network';
import { writeFileAtomically } from '../files';

/** Writes `model.onnx` into the run's folder: the inference graph with its normalisation, and where it comes from. */
export async function writeModel(
  folder: string,
  network: Network,
  weights: ReadonlyMap<string, Float32Array>,
  { normalization, record }: { normalization: NormalizationStatistics; record: RunRecord },
): Promise<void> {
  const model = compileInference(network, weights, { normalization, metadata: provenanceMetadata(record) });
  await writeFileAtomically(path.join(folder, 'model.onnx'), encodeModel(model));
}
