import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';
import { t } from '../core/l10n';
import { type Device, isDevice } from '../core/runs/device';
import { errorMessage, InputError } from './errors';

/** The native package and the one for the web, as far as they are alike. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array | string, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
  readonly version: string;
  /** What sessions are to be created with. */
  readonly executionProviders: readonly string[];
  /** What it computes on; `wasm` where there is no native binary, whatever was asked for by default. */
  readonly device: Device;
}

/**
 * ONNX Runtime for a device. Without one it is the processor: by the native binary, or by WebAssembly on systems that have none.
 * Throws `InputError` where the device cannot be had.
 */
export function loadOnnxRuntime(device?: Device, threads = 1): OnnxRuntime {
  if (device === 'wasm') return loadWeb(threads);
  try {
    return loadNative(device ?? 'cpu');
  } catch (error) {
    if (device === undefined && !(error instanceof InputError)) return loadWeb(threads);
    throw error;
  }
}

function loadNative(device: Device): OnnxRuntime {
  const { InferenceSession, Tensor, env, listSupportedBackends } = requireNative();
  const known = listSupportedBackends().map(({ name }) => name);
  if (!known.includes(device))
    throw new InputError({
      file: device,
      problem: t('ONNX Runtime has no {0} on {1} {2}.', device, process.platform, process.arch),
      nextStep: t('Take one of: {0}.', [...known.filter(isDevice), 'wasm'].join(', ')),
    });
  return {
    InferenceSession,
    Tensor,
    version: env.versions.node ?? env.versions.common,
    // What a device has no operator for is computed by the processor.
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    device,
  };
}

function requireNative(): typeof import('onnxruntime-node') {
  return require('onnxruntime-node') as typeof import('onnxruntime-node');
}

function loadWeb(threads: number): OnnxRuntime {
  try {
    const { InferenceSession, Tensor, env } = require('onnxruntime-web') as typeof import('onnxruntime-web');
    env.wasm.numThreads = threads;
    env.logLevel = 'error';
    return {
      InferenceSession,
      Tensor,
      version: env.versions.web ?? env.versions.common,
      executionProviders: ['wasm'],
      device: 'wasm',
    };
  } catch (error) {
    throw new InputError({
      file: 'onnxruntime-web',
      problem: t('ONNX Runtime cannot be loaded on {0} {1}: {2}.', process.platform, process.arch, errorMessage(error)),
      nextStep: t('Install the package again on this system, or train on another machine.'),
    });
  }
}
