import os from 'node:os';
import type { InferenceSession } from 'onnxruntime-common';
import { blockSizeProbe, blockSizeProbeDims } from '../../core/compile/blockedLayout';
import { elements } from '../../core/compile/layout';
import { t } from '../../core/l10n';
import { encodeModel } from '../../core/onnx/write';
import { errorMessage, InputError } from '../errors';

export type OnnxRuntime = typeof import('onnxruntime-node');

/** Throws `InputError` where the package has no program for this system. */
export function loadOnnxRuntime(): OnnxRuntime {
  try {
    return require('onnxruntime-node') as OnnxRuntime;
  } catch (error) {
    throw new InputError({
      file: 'onnxruntime-node',
      problem: t('ONNX Runtime cannot be loaded on {0} {1}: {2}.', process.platform, process.arch, errorMessage(error)),
      nextStep: t('Install the package again on this system, or train on another machine.'),
    });
  }
}

/** Waiting threads sleep instead of spinning: 1.4 times as fast where the processors are shared with an editor. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // 'all' would bring every pooling into blocks of channels and back; the graphs bring there what gains by it.
    graphOptimizationLevel: 'extended',
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

/** How many channels ONNX Runtime's blocked layout puts together on this processor; undefined where it has no such layout. */
export async function blockSizeOf({ InferenceSession, Tensor }: OnnxRuntime): Promise<number | undefined> {
  try {
    const session = await InferenceSession.create(encodeModel(blockSizeProbe()), sessionOptions(1));
    const input = new Tensor('float32', new Float32Array(elements(blockSizeProbeDims)), [...blockSizeProbeDims]);
    const { output } = await session.run({ input });
    await session.release();
    return output?.dims[1];
  } catch {
    return undefined;
  }
}

export const defaultThreads = (): number => Math.ceil(os.availableParallelism() * 0.75);
