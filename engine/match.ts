import { t } from '../core/l10n';
import { matchSides } from '../core/match/match';
import {
  judgeProof,
  type ProofOutputs,
  type ProofPlan,
  type ProofRun,
  type ProofValues,
} from '../core/match/proof/proof';
import type { MatchReport, NumericProof } from '../core/match/report';
import { DataType, type OnnxModel } from '../core/onnx/model';
import { encodeModel } from '../core/onnx/write';
import { InferenceError, InferenceProcess } from './inference/process';
import type { TensorValue } from './inference/protocol';
import { openSide } from './matchSide';
import { unreachableData } from './matchSource';

export interface MatchFilesOptions {
  /** False: nothing is run, the structure alone is compared. */
  readonly numeric?: boolean;
  /** Relative error that the proof allows. */
  readonly tolerance?: number;
  /** The present text of a scheme that is being edited, by its file. */
  readonly schemeText?: (file: string) => string | undefined;
  /** Ends the proof. */
  readonly signal?: AbortSignal;
  /** Milliseconds that ONNX Runtime may take. */
  readonly timeLimit?: number;
}

/**
 * Is the exported file the intended network? Each side is a scheme or an ONNX file. Rejects with an `InputError` when a file
 * cannot be read; everything that can be said about readable files is in the report.
 */
export async function matchFiles(
  intended: string,
  exported: string,
  options: MatchFilesOptions = {},
): Promise<MatchReport> {
  const first = openSide(intended, options.schemeText?.(intended));
  try {
    const second = openSide(exported, options.schemeText?.(exported));
    try {
      const target = { file: exported, model: second.model, isFile: second.network === undefined };
      return await matchSides(first, second, (plan) => runProof(plan, target, options), options);
    } finally {
      second.close();
    }
  } finally {
    first.close();
  }
}

interface ProofTarget {
  readonly file: string;
  readonly model: OnnxModel;
  /** An ONNX file, which ONNX Runtime reads itself; a scheme's graph is sent to it. */
  readonly isFile: boolean;
}

/** Runs both graphs in a child process. Whatever goes wrong there is the reason why there is no proof. */
async function runProof(plan: ProofPlan, target: ProofTarget, options: MatchFilesOptions): Promise<NumericProof> {
  const [outside] = target.isFile ? unreachableData(target.model, target.file) : [];
  if (outside !== undefined) {
    return { done: false, reason: t("its weights in {0} are not in the model's folder", outside) };
  }
  const runtime = new InferenceProcess(options);
  try {
    return judgeProof(plan, await runCases(runtime, plan, target));
  } catch (error) {
    if (error instanceof InferenceError) return { done: false, reason: error.message };
    throw error;
  } finally {
    runtime.dispose();
  }
}

async function runCases(runtime: InferenceProcess, plan: ProofPlan, target: ProofTarget): Promise<ProofOutputs[]> {
  const intended = await runtime.load({ bytes: encodeModel(plan.model) });
  const exported = await runtime.load(
    target.isFile && !plan.exportedModel
      ? { file: target.file }
      : { bytes: encodeModel(plan.exportedModel ?? target.model) },
  );
  const outputs: ProofOutputs[] = [];
  for (const each of plan.cases) {
    outputs.push({
      intended: await runOne(runtime, intended, plan.intended, each.intended),
      exported: await runOne(runtime, exported, plan.exported, each.exported),
    });
  }
  return outputs;
}

async function runOne(
  runtime: InferenceProcess,
  session: number,
  { inputs, outputs }: ProofRun,
  given: readonly ProofValues[],
): Promise<ProofValues[]> {
  const tensors = inputs.map(({ name, dataType }, place) => {
    const { values, shape: dims } = given[place]!;
    return [name, { type: tensorType(dataType), dims, values }] as const;
  });
  const results = await runtime.run(session, Object.fromEntries(tensors));
  return outputs.map((output) => {
    const result = results[output];
    if (!result) throw new InferenceError(t('ONNX Runtime returned no output {0}', output));
    return { values: result.values, shape: result.dims };
  });
}

function tensorType(dataType: number): TensorValue['type'] {
  switch (dataType) {
    case DataType.float:
      return 'float32';
    case DataType.double:
      return 'float64';
    case DataType.float16:
      return 'float16';
    case DataType.int64:
      return 'int64';
    case DataType.int32:
      return 'int32';
    default:
      throw new InferenceError(t('inputs of ONNX data type {0} are not run', dataType));
  }
}
