import os from 'node:os';
import type { InferenceSession } from 'onnxruntime-common';
import { blockSizeProbe, blockSizeProbeDims } from '../../core/compile/blockedLayout';
import { elements } from '../../core/compile/layout';
import { t } from '../../core/l10n';
import type { OnnxModel } from '../../core/onnx/model';
import { encodeModel } from '../../core/onnx/write';
import { errorMessage, InputError } from '../errors';
import type { OnnxRuntime } from '../onnxRuntime';

/** Throws `InputError` where the device does not come up: without its driver, or its libraries. */
export async function openSession(
  runtime: OnnxRuntime,
  model: OnnxModel,
  threads: number,
  waiting: Waiting = 'asleep',
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(encodeModel(model), sessionOptions(runtime, threads, waiting));
  } catch (error) {
    if (runtime.device === 'cpu') throw error;
    throw new InputError({
      file: runtime.device,
      problem: t('ONNX Runtime cannot compute on {0} here: {1}', runtime.device, reasonOf(error)),
      nextStep: t('Install what it needs, or train on the CPU.'),
    });
  }
}

/** ONNX Runtime's own words, without the place in its source that it puts in front of them. */
function reasonOf(error: unknown): string {
  return errorMessage(error)
    .replace(/^\/\S+\.(?:cc|h):\d+ .*? was false\. /s, '')
    .replace(/\.?\s*$/, '.');
}

/**
 * How threads wait for their next part of the work. Asleep is 1.4 times as fast as always awake where the processors are shared
 * with an editor. Those of a recurrent network stay awake a moment: it is thousands of short operations, and to be woken takes
 * as long as one of them.
 */
export type Waiting = 'asleep' | 'awake for a moment';

function sessionOptions(
  { executionProviders }: OnnxRuntime,
  threads: number,
  waiting: Waiting,
): InferenceSession.SessionOptions {
  const intraOp = waiting === 'asleep' ? { allow_spinning: '0' } : { allow_spinning: '1', spin_duration_us: '100' };
  return {
    executionProviders,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // 'all' would bring every pooling into blocks of channels and back; the graphs bring there what gains by it.
    graphOptimizationLevel: 'extended',
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    extra: { session: { intra_op: intraOp, inter_op: { allow_spinning: '0' }, force_spinning_stop: '1' } },
  };
}

/** How many channels ONNX Runtime's blocked layout puts together on this processor; undefined where it has no such layout. */
export async function blockSizeOf(runtime: OnnxRuntime): Promise<number | undefined> {
  if (runtime.device !== 'cpu') return undefined;
  try {
    const session = await openSession(runtime, blockSizeProbe(), 1);
    const input = new runtime.Tensor('float32', new Float32Array(elements(blockSizeProbeDims)), blockSizeProbeDims);
    const { output } = await session.run({ input });
    await session.release();
    return output?.dims[1];
  } catch {
    return undefined;
  }
}

export const defaultThreads = (): number => Math.ceil(os.availableParallelism() * 0.75);
