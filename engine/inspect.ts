import { statSync } from 'node:fs';
import { nodeDetails, tensorNamed, tensorType } from '../core/inspect/details';
import { INLINED, type InspectedGraph, inlinedGraph, inspectGraphs } from '../core/inspect/graphs';
import { outlineGraph } from '../core/inspect/outline';
import { countParameters } from '../core/inspect/parameters';
import { inferShapes } from '../core/inspect/shapes';
import { t } from '../core/l10n';
import type { OnnxModel } from '../core/onnx/model';
import { readModel } from '../core/onnx/read';
import { elementBits, elementCount } from '../core/onnx/tensor';
import type {
  Dimensions,
  GraphOutline,
  ModelReading,
  ModelSummary,
  NodeDetails,
  TensorStatistics,
} from '../core/protocol/onnx';
import type { GraphQuestion } from '../core/protocol/server';
import { readProvenance } from '../core/runs/provenance';
import { errorCode, errorMessage, InputError } from './errors';
import { isSchemeFile, openSide } from './matchSide';
import { externalFiles, ModelFiles } from './matchSource';
import { tensorStatistics } from './tensorStatistics';

/** Models whose structure stays in memory for further questions. */
const MOST_MODELS = 4;

interface InspectedModel {
  readonly version: string;
  /** The intended graph of a scheme: its weights are in no file. */
  readonly isScheme: boolean;
  readonly model: OnnxModel;
  readonly graphs: ReadonlyMap<string, InspectedGraph>;
  /** Made when it is first asked for. */
  inlined?: InspectedGraph;
}

/**
 * Answers questions about model files, and about the intended graphs of schemes. Files are open only while they are read, so
 * that they can be replaced at any time; their weights are read when their statistics are asked for, in pieces.
 */
export class ModelInspector {
  private readonly models = new Map<string, InspectedModel>();
  private readings = 0;

  /**
   * Reads the structure anew. A damaged file is an answer; one that cannot be opened throws an `InputError`.
   *
   * @param text of a scheme that is being edited, in the place of the file's
   */
  read(file: string, text?: string): ModelReading {
    this.models.delete(file);
    return text !== undefined || isSchemeFile(file) ? this.readScheme(file, text) : this.readOnnx(file);
  }

  outline({ file, version, graph }: GraphQuestion): GraphOutline {
    const known = this.model(file, version);
    return outlineGraph(graphOf(known, graph, file), known.model);
  }

  shapes({ file, version, graph }: GraphQuestion): readonly (Dimensions | null)[] {
    const known = this.model(file, version);
    const { model, isScheme } = known;
    const asked = graphOf(known, graph, file);
    return isScheme ? inferShapes(asked, model, {}) : withFiles(file, (files) => inferShapes(asked, model, files));
  }

  details({ file, version, graph, node }: GraphQuestion & { readonly node: number }): NodeDetails {
    const details = nodeDetails(graphOf(this.model(file, version), graph, file), node);
    if (!details) throw changed(file);
    return details;
  }

  /** @param signal ends the reading; the promise rejects then */
  async statistics(
    question: GraphQuestion & { readonly node: number; readonly tensor: string },
    signal?: AbortSignal,
  ): Promise<TensorStatistics> {
    const { file, version, graph, node, tensor: name } = question;
    const known = this.model(file, version);
    const tensor = tensorNamed(graphOf(known, graph, file), node, name);
    if (!tensor) throw changed(file);
    const { dataType, dims } = tensor;
    const count = elementCount(tensor.sparse ? tensor.sparse.values.dims : dims);
    const bytes = Math.ceil((count * elementBits(dataType)) / 8);
    const type = { name, type: tensorType(tensor), shape: dims, ...(bytes > 0 ? { bytes } : {}) };
    if (known.isScheme) return { ...type, reason: t('The scheme says the shape; values come with the training.') };
    const files = openModel(file);
    try {
      return { ...type, ...(await tensorStatistics(tensor, files, signal)) };
    } finally {
      files.close();
    }
  }

  private model(file: string, version: string): InspectedModel {
    const known = this.models.get(file);
    if (known?.version !== version) throw changed(file);
    this.keep(file, known);
    return known;
  }

  /** The model that was asked for last is forgotten last. */
  private keep(file: string, model: InspectedModel): void {
    this.models.delete(file);
    this.models.set(file, model);
    const [oldest] = this.models.keys();
    if (this.models.size > MOST_MODELS && oldest !== undefined) this.models.delete(oldest);
  }

  private readOnnx(file: string): ModelReading {
    return withFiles(file, ({ file: source }) => {
      const result = readModel(source);
      if (!result.ok) return { ok: false, bytes: source.size, reason: sentence(result.reason), offset: result.offset };
      return this.reading(file, result.model, false, source.size);
    });
  }

  private readScheme(file: string, text: string | undefined): ModelReading {
    const side = openSide(file, text);
    side.close();
    return this.reading(file, side.model, true, 0);
  }

  private reading(file: string, model: OnnxModel, isScheme: boolean, bytes: number): ModelReading {
    const graphs = inspectGraphs(model);
    const version = String(++this.readings);
    this.keep(file, { version, isScheme, model, graphs });
    return { ok: true, version, summary: summaryOf(file, bytes, model, graphs) };
  }
}

function summaryOf(
  file: string,
  bytes: number,
  model: OnnxModel,
  graphs: ReadonlyMap<string, InspectedGraph>,
): ModelSummary {
  const { producerName, producerVersion, irVersion, opsetImports, metadata, docString, hasTrainingInfo } = model;
  const external = externalFiles(model, file);
  const run = readProvenance(metadata)?.run;
  return {
    file,
    bytes,
    externalBytes: external.reduce((sum, { bytes: own = 0 }) => sum + own, 0),
    unreachable: external.filter((found) => found.bytes === undefined).map(({ location }) => location),
    producer: [producerName, producerVersion].filter((text) => text !== '').join(' '),
    irVersion,
    opsets: [...opsetImports].map(([domain, version]) => [domain || 'ai.onnx', version]),
    parameters: countParameters(graphs.values()),
    ...(docString ? { docString } : {}),
    hasTrainingInfo: hasTrainingInfo ?? false,
    metadata: [...metadata],
    ...(run === undefined ? {} : { run }),
    graphs: [...graphs.values()].map(({ title }) => title),
  };
}

function graphOf(known: InspectedModel, id: string, file: string): InspectedGraph {
  if (id === INLINED) known.inlined ??= inlinedGraph(known.model);
  const graph = id === INLINED ? known.inlined : known.graphs.get(id);
  if (!graph) throw changed(file);
  return graph;
}

function withFiles<T>(file: string, read: (files: ModelFiles) => T): T {
  const files = openModel(file);
  try {
    return read(files);
  } finally {
    files.close();
  }
}

/** A pipe would never answer, and a folder is no file. */
function openModel(file: string): ModelFiles {
  try {
    if (statSync(file).isFile()) return new ModelFiles(file);
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    throw new InputError({ file, problem: missing ? t('There is no such file.') : errorMessage(error) });
  }
  throw new InputError({ file, problem: t('This is no plain file.') });
}

function changed(file: string): InputError {
  return new InputError({ file, problem: t('The file has changed.'), nextStep: t('Open it again.') });
}

function sentence(reason: string): string {
  return `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}.`;
}
